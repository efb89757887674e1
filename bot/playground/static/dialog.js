// Dialogs: a form as data becomes questions. What is typed is kept by the desk while it is typed, and
// nothing typed is ever overwritten by an answer that comes meanwhile.
import { post, nonce } from './net.js';
import { el, icon, run, later } from './kit.js';

// openDialog shows a form over a view. Only one is open; another form replaces it.
export function openDialog(view, form) {
  document.querySelector('dialog.form')?.forceClose?.();
  new FormDialog(view, form).open();
}

class FormDialog {
  constructor(view, form) {
    // The place is taken now: somebody may look elsewhere while the dialog is open.
    this.place = view.place;
    this.view = view;
    this.form = form;
    this.fields = new Map();
    this.files = new Map();
    this.refresh = later(() => this.sendRefresh(), 500);
    this.touched = false;
  }

  open() {
    const id = `d${nonce().slice(0, 6)}`;
    this.note = el('div', { class: 'form-note', role: 'alert', hidden: true });
    this.preview = el('div', { class: 'preview', 'aria-live': 'polite', 'data-test': 'preview' });
    this.body = el('div', { class: 'questions' });
    this.submit = el('button', { class: 'btn primary', 'data-test': 'submit' });
    this.element = el('dialog', { class: 'form', 'aria-labelledby': id, 'data-test': 'dialog' },
      el('form', { method: 'dialog', novalidate: true, onsubmit: e => { e.preventDefault(); this.send(); } },
        el('header', {}, el('h3', { id, text: this.form.title }), el('span', { class: 'as', text: `as ${this.view.pane.person.name}` }),
          el('button', { type: 'button', class: 'ghost small', 'aria-label': 'Close. What you typed is kept.', title: 'Close. What you typed is kept. (Esc)', onclick: () => this.close() }, icon('x'))),
        el('div', { class: 'form-main' }, this.note, this.preview, this.body),
        el('footer', {}, el('span', { class: 'form-state', role: 'status' }), el('button', { type: 'button', class: 'btn', text: 'Close', onclick: () => this.close() }), this.submit)));
    this.state = this.element.querySelector('.form-state');
    this.element.addEventListener('cancel', e => { e.preventDefault(); this.close(); });
    this.element.addEventListener('keydown', e => {
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); this.send(); }
      if (e.key === 'Escape') e.stopPropagation();
    });
    this.leaving = () => { if (document.visibilityState === 'hidden' && this.touched) this.sendRefresh({ keepalive: true }); };
    document.addEventListener('visibilitychange', this.leaving);
    this.element.forceClose = () => this.gone();
    this.back = document.activeElement;
    document.body.append(this.element);
    this.paint(this.form, true);
    this.element.showModal();
    (this.body.querySelector('[aria-invalid=true]') || this.body.querySelector('input:not([type=file]), textarea, select'))?.focus();
  }

  // close keeps what was typed and goes back to where the person came from.
  async close() {
    this.refresh.stop();
    if (this.touched) {
      this.state.textContent = 'Keeping what you typed…';
      await this.sendRefresh({ files: this.upload() });
    }
    this.gone();
  }

  gone() {
    this.refresh.stop();
    this.closed = true;
    document.removeEventListener('visibilitychange', this.leaving);
    this.element.remove();
    if (this.back?.isConnected) this.back.focus();
  }

  // paint brings the dialog to a form. With fresh, values are taken from it; else typed ones stand, but for those the
  // desk has seen (sent) and answers with another, a template's text for one. With quiet, sentences about what is wrong
  // stay until their field changes or the form is sent again.
  paint(form, fresh, quiet, sent = {}) {
    this.form = form;
    this.element.querySelector('h3').textContent = form.title;
    this.submit.textContent = form.submit || 'Send';
    if (this.preview.innerHTML !== form.intro) this.preview.innerHTML = form.intro; // Drawn and escaped by the server.
    this.preview.hidden = !form.intro;
    this.element.classList.toggle('with-preview', !!form.intro);
    const keys = new Set(form.fields.map(f => f.key));
    for (const [key, q] of this.fields) if (!keys.has(key)) { q.element.remove(); this.fields.delete(key); }
    let last = null;
    for (const field of form.fields) {
      let q = this.fields.get(field.key);
      if (!q) {
        q = new Question(field, this);
        this.fields.set(field.key, q);
        if (last) last.after(q.element); else this.body.prepend(q.element);
      } else q.update(field, fresh, quiet, sent[`f.${field.key}`]);
      last = q.element;
    }
  }

  data() {
    const out = { ...this.place, form: this.form.name, case: this.form.case, draft: this.form.draft };
    for (const [key, value] of Object.entries(this.form.hidden || {})) out[`h.${key}`] = value;
    for (const [key, q] of this.fields) if (q.field.kind !== 'files') out[`f.${key}`] = q.value;
    return out;
  }

  upload() { return [...this.files].flatMap(([key, list]) => list.map(f => [`file.${key}`, f])); }

  changed(live) {
    this.touched = true;
    this.state.textContent = '';
    if (live) this.refresh.now(); else this.refresh();
  }

  // sendRefresh has the desk keep what is typed and say what would come of it.
  async sendRefresh(options) {
    const turn = this.turn = (this.turn || 0) + 1;
    try {
      const { files = [], ...rest } = options || {};
      const data = this.data();
      this.inFlight = post('refresh', data, files, rest);
      const answer = await this.inFlight;
      if (this.closed || turn !== this.turn || this.sending) return;
      if (answer.form) this.paint(answer.form, false, true, data);
      this.state.textContent = 'Kept. You can close this and go on later.';
    } catch {
      if (!this.closed) this.state.textContent = 'Not kept yet: the desk does not answer.';
    }
  }

  async send() {
    if (this.sending) return;
    this.refresh.stop();
    this.sending = true;
    this.submit.classList.add('busy');
    // A draft on its way must arrive first, or it would outlive the case it became.
    await this.inFlight?.catch(() => {});
    const answer = await run(() => post('submit', this.data(), this.upload()));
    this.sending = false;
    this.submit.classList.remove('busy');
    if (!answer) return; // The dialog stays with all that was typed.
    document.dispatchEvent(new CustomEvent('step', { detail: { kind: 'submit', form: this.form.name, answer, home: this.view.pane.home } }));
    if (answer.form && answer.form.name !== this.form.name) {
      this.gone();
      openDialog(this.view, answer.form);
      return;
    }
    if (answer.form) {
      this.paint(answer.form, false);
      this.showNote(answer.say);
      const wrong = this.body.querySelector('[aria-invalid=true]');
      wrong?.focus();
      wrong?.closest('.question')?.scrollIntoView({ block: 'center' });
      return;
    }
    if (answer.say && !answer.done) { this.showNote(answer.say); return; }
    this.gone();
  }

  showNote(html) {
    this.note.innerHTML = html || ''; // Drawn and escaped by the server.
    this.note.hidden = !html;
    if (html) this.note.scrollIntoView({ block: 'nearest' });
  }
}

// Question is one field with its label, hint and error.
class Question {
  constructor(field, dialog) {
    this.dialog = dialog;
    this.id = `q${nonce().slice(0, 8)}`;
    this.group = (field.kind === 'choice' && this.asCards(field)) || field.kind === 'multi';
    this.label = this.group ? el('span', { class: 'label', id: `${this.id}-label` }) : el('label', { class: 'label', for: this.id });
    this.hint = el('p', { class: 'hint', id: `${this.id}-hint` });
    this.error = el('p', { class: 'error', id: `${this.id}-error`, hidden: true });
    this.element = el('div', { class: `question kind-${field.kind}`, 'data-test': `field-${field.key}` }, this.label, this.hint);
    this.control = this.make(field);
    this.element.append(this.control, this.error);
    this.update(field, true);
  }

  // What is said beside an option would be cut off in a list on a narrow screen, and an option that can't be read can't be chosen.
  asCards(field) { return field.options.length > 0 && (field.options.length <= 5 || field.options.some(o => o.note)); }

  make(field) {
    const change = () => { this.clearError(); this.dialog.changed(this.field.live); };
    const input = () => { this.clearError(); this.dialog.changed(false); };
    if (field.kind === 'choice' && !this.asCards(field)) {
      return el('span', { class: 'select' }, el('select', { id: this.id, name: field.key, onchange: change }));
    }
    if (this.group) {
      return el('div', { class: `cards${field.options.some(o => o.note) ? ' noted' : ''}`, role: field.kind === 'multi' ? 'group' : 'radiogroup', 'aria-labelledby': `${this.id}-label`, onchange: change });
    }
    if (field.kind === 'files') return this.filesControl();
    if (field.kind === 'long') {
      return el('textarea', { id: this.id, name: field.key, rows: field.rows || 4, placeholder: field.example, oninput: input });
    }
    const text = el('input', { id: this.id, name: field.key, type: 'text', placeholder: field.example, oninput: input, onchange: change });
    if (field.kind !== 'time') return text;
    const set = value => { text.value = value; change(); };
    return el('div', { class: 'time-row' }, text, ...(field.ahead ? ['in 1 hour', 'in 4 hours', 'tomorrow 09:00'] : ['now', '15 min ago', '1 hour ago']).map(v => el('button', { type: 'button', class: 'chip-button', text: v, onclick: () => set(v) })));
  }

  filesControl() {
    const picker = el('input', { type: 'file', multiple: true, id: this.id, class: 'sr', onchange: () => { this.add(picker.files); picker.value = ''; } });
    this.shelf = el('div', { class: 'attachments' });
    const zone = el('div', { class: 'drop-zone' }, icon('clip'), el('span', {}, el('b', { text: 'Choose files' }), ', drop or paste them here'), picker);
    zone.addEventListener('click', e => { if (e.target !== picker) picker.click(); });
    zone.addEventListener('dragover', e => { e.preventDefault(); zone.classList.add('dropping'); });
    zone.addEventListener('dragleave', () => zone.classList.remove('dropping'));
    zone.addEventListener('drop', e => { e.preventDefault(); zone.classList.remove('dropping'); this.add(e.dataTransfer.files); });
    this.dialog.element.addEventListener('paste', e => { if (e.clipboardData.files.length) { this.add(e.clipboardData.files); e.preventDefault(); } });
    return el('div', {}, zone, this.shelf);
  }

  add(files) {
    const list = this.dialog.files.get(this.field.key) || [];
    list.push(...files);
    this.dialog.files.set(this.field.key, list);
    this.paintFiles();
    this.clearError();
    this.dialog.touched = true;
  }

  paintFiles() {
    const list = this.dialog.files.get(this.field.key) || [];
    const old = (this.field.value || '').split(',').filter(Boolean).map(name => el('span', { class: 'chip old', title: 'Kept with the draft' }, icon('check'), el('span', { text: name.trim() })));
    this.shelf.replaceChildren(...old, ...list.map((f, i) => el('span', { class: 'chip' }, icon('clip'), el('span', { text: f.name }),
      el('button', { type: 'button', 'aria-label': `Remove ${f.name}`, onclick: () => { list.splice(i, 1); this.paintFiles(); } }, icon('x')))));
  }

  update(field, fresh, quiet, sent) {
    let typed = this.field && !fresh ? this.value : field.value;
    // What the desk fills in goes where nothing stands, or where what stands is what it has seen, and nobody is writing.
    if (field.value && (!typed || typed === sent) && !this.element.contains(document.activeElement)) typed = field.value;
    const options = JSON.stringify(field.options), sameOptions = this.options === options;
    this.field = field;
    this.label.replaceChildren(field.label, field.required ? el('span', { class: 'needed', text: 'needed' }) : el('span', { class: 'optional', text: 'optional' }));
    this.hint.textContent = field.hint || '';
    this.hint.hidden = !field.hint;
    const control = this.focusable();
    if (control) {
      control.toggleAttribute('required', false);
      control.setAttribute('aria-required', String(field.required));
      control.setAttribute('aria-describedby', `${this.id}-hint ${this.id}-error`);
    }
    if (!sameOptions) this.paintOptions(field);
    this.options = options;
    if (field.kind === 'files') this.paintFiles();
    else if (this.value !== typed) this.value = typed || '';
    if (!quiet) this.setError(field.error);
  }

  paintOptions(field) {
    if (this.control.matches('.select')) {
      const select = this.control.querySelector('select'), was = select.value;
      select.replaceChildren(el('option', { value: '', text: field.required ? 'Choose…' : '–' }), ...field.options.map(o => el('option', { value: o.value, text: o.label || o.value })));
      select.value = was;
    } else if (this.group) {
      const was = this.value;
      this.control.replaceChildren(...field.options.map((o, i) => el('label', { class: `card-option${field.key === 'severity' ? ` sev-option-${o.value}` : ''}`, 'data-test': `option-${field.key}-${o.value}` },
        el('input', { type: field.kind === 'multi' ? 'checkbox' : 'radio', name: this.id, value: o.value, id: i === 0 ? this.id : false }),
        el('span', {}, el('b', { text: o.label || o.value }), o.note ? el('small', { text: o.note }) : null))));
      this.value = was;
    }
  }

  focusable() { return this.group ? this.control : this.control.matches('input, textarea') ? this.control : this.control.querySelector('select, input'); }

  get value() {
    if (this.group) return [...this.control.querySelectorAll('input:checked')].map(i => i.value).join(',');
    return this.focusable()?.value ?? '';
  }

  set value(v) {
    if (this.group) {
      const all = this.field.kind === 'multi' ? String(v).split(',') : [String(v)];
      this.control.querySelectorAll('input').forEach(i => { i.checked = all.includes(i.value); });
    } else this.focusable().value = v;
  }

  setError(text) {
    this.error.textContent = text || '';
    this.error.hidden = !text;
    this.element.classList.toggle('wrong', !!text);
    const target = this.group ? this.control.querySelector('input') : this.focusable();
    if (text) target?.setAttribute('aria-invalid', 'true'); else target?.removeAttribute('aria-invalid');
  }

  clearError() { this.setError(''); }
}
