// The composer: text, commands with completion, files by button, drop and paste.
import { post } from './net.js';
import { el, icon, run, later } from './kit.js';

export class Composer {
  constructor(view) {
    this.view = view;
    this.form = view.element.querySelector('.composer');
    this.area = this.form.querySelector('textarea');
    this.list = this.form.querySelector('.complete');
    this.picker = this.form.querySelector('input[type=file]');
    this.shelf = this.form.querySelector('.attachments');
    this.files = [];
    this.drafts = new Map(); // Words and files that stand unsent in other places.
    this.chosen = -1;
    this.ask = later(() => this.complete(), 90);
    this.list.id = `complete-${Math.random().toString(36).slice(2)}`;
    this.area.setAttribute('aria-controls', this.list.id);
    this.form.addEventListener('submit', e => { e.preventDefault(); this.send(); });
    this.area.addEventListener('input', () => { this.grow(); this.ask(); });
    this.area.addEventListener('keydown', e => this.key(e));
    // Some keyboards write the line break although the key that sends was taken; the box is empty by then.
    this.area.addEventListener('keypress', e => { if (e.key === 'Enter' && !e.shiftKey) e.preventDefault(); });
    this.area.addEventListener('blur', () => setTimeout(() => this.close(), 150));
    this.area.addEventListener('paste', e => { if (e.clipboardData.files.length) { this.add(e.clipboardData.files); e.preventDefault(); } });
    this.form.querySelector('.attach').onclick = () => this.picker.click();
    this.form.querySelector('.slash').onclick = () => this.start('/case ');
    this.picker.onchange = () => { this.add(this.picker.files); this.picker.value = ''; };
    const drop = view.element;
    drop.addEventListener('dragover', e => { if (e.dataTransfer.types.includes('Files')) { e.preventDefault(); drop.classList.add('dropping'); } });
    drop.addEventListener('dragleave', e => { if (!drop.contains(e.relatedTarget)) drop.classList.remove('dropping'); });
    drop.addEventListener('drop', e => {
      drop.classList.remove('dropping');
      if (e.dataTransfer.files.length) { e.preventDefault(); this.add(e.dataTransfer.files); }
    });
  }

  // place is called when the view shows another channel, thread or person.
  place() {
    const { pane, kind, channel, root } = this.view;
    const key = [pane.homeID, pane.user, channel, root].join('/');
    if (this.key_ !== key) {
      if (this.key_) this.drafts.set(this.key_, { words: this.area.value, files: this.files });
      const { words, files } = this.unsent(key);
      this.area.value = words;
      this.files = files;
      this.key_ = key;
      this.to = this.view.place;
      this.paintFiles();
    }
    const title = pane.channelTitle();
    const where = kind === 'thread' ? 'Reply in the thread' : title.icon === 'bot' ? 'Message casebot' : `Message #${title.name}`;
    this.area.placeholder = where;
    this.area.setAttribute('aria-label', `${where}, as ${pane.person.name}`);
    this.form.querySelector('.compose-hint').textContent = '';
    this.grow();
  }

  unsent(key) { return this.drafts.get(key) ?? { words: '', files: [] }; }

  start(text) {
    if (!this.area.value) this.area.value = text;
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.grow();
    this.complete();
  }

  grow() {
    this.area.style.height = 'auto';
    this.area.style.height = `${Math.min(this.area.scrollHeight, 180)}px`;
    this.form.classList.toggle('filled', !!this.area.value.trim() || this.files.length > 0);
  }

  // --- Files ---

  add(files) {
    this.files.push(...files);
    this.paintFiles();
    this.area.focus();
  }

  paintFiles() {
    this.shelf.replaceChildren(...this.files.map((f, i) => el('span', { class: 'chip' }, icon('clip'), el('span', { text: f.name }),
      el('button', { type: 'button', 'aria-label': `Remove ${f.name}`, onclick: () => { this.files.splice(i, 1); this.paintFiles(); } }, icon('x')))));
    this.grow();
  }

  // --- Sending ---

  // send takes the words and files out of the box, which is free for the next ones at once, and sends them in their turn.
  // What could not be sent comes back, before what has been typed since. A text of its own leaves the box alone.
  send(text) {
    const words = text ?? this.area.value, files = text === undefined ? this.files : [];
    if (!words.trim() && !files.length) return;
    this.close();
    this.ask.stop();
    if (text === undefined) {
      this.area.value = '';
      this.files = [];
      this.paintFiles();
    }
    const key = this.key_, to = this.to; // Where it was written, wherever the view goes meanwhile.
    this.turn = (this.turn || Promise.resolve()).then(async () => {
      this.form.classList.add('busy');
      const answer = await run(() => post('say', { ...to, text: words }, files.map(f => ['files', f])));
      this.form.classList.remove('busy');
      if (answer) {
        this.view.toEnd();
        this.view.answered(answer, 'say', { text: words });
      } else if (text === undefined) this.giveBack(key, words, files);
    });
  }

  // giveBack puts words and files back where they were written, which may not be the place that is shown now.
  giveBack(key, words, files) {
    const here = this.key_ === key, now = here ? { words: this.area.value, files: this.files } : this.unsent(key);
    const all = { words: now.words ? `${words}\n${now.words}` : words, files: [...files, ...now.files] };
    if (!here) return this.drafts.set(key, all);
    this.area.value = all.words;
    this.files = all.files;
    this.paintFiles();
  }

  key(e) {
    const open = !this.list.hidden;
    if (open && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
      this.choose((this.chosen + (e.key === 'ArrowDown' ? 1 : -1) + this.options.length) % this.options.length);
      e.preventDefault();
    } else if (open && e.key === 'Escape') {
      this.close();
      e.preventDefault();
      e.stopPropagation();
    } else if (open && (e.key === 'Tab' || (e.key === 'Enter' && this.chosen >= 0 && !e.ctrlKey && !e.metaKey))) {
      this.take(this.options[Math.max(this.chosen, 0)]);
      e.preventDefault();
    } else if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      this.send();
    }
  }

  // --- Completion ---

  async complete() {
    const text = this.area.value;
    if (!text.startsWith('/') || text.includes('\n')) return this.close();
    let options;
    if (!/^\/case\s/i.test(text)) {
      options = '/case'.startsWith(text.toLowerCase().trim()) ? [{ value: '/case ', label: '/case', note: 'The desk: file, escalate, update, resolve' }] : [];
    } else {
      const typed = text.replace(/^\/case\s+/i, '');
      try {
        options = (await post('complete', { ...this.view.place, text: typed })).options;
      } catch { options = []; }
      if (this.area.value !== text) return;
    }
    this.show(options.slice(0, 30));
  }

  show(options) {
    this.options = options;
    if (!options.length || document.activeElement !== this.area) return this.close();
    this.list.replaceChildren(...options.map((o, i) => el('div', {
      role: 'option', id: `${this.list.id}-${i}`, class: 'option', onpointerdown: e => { e.preventDefault(); this.take(o); },
    }, el('b', { text: o.label || o.value }), o.note ? el('small', { text: o.note }) : null)));
    this.list.hidden = false;
    this.area.setAttribute('aria-expanded', 'true');
    this.choose(-1);
  }

  choose(i) {
    this.chosen = i;
    [...this.list.children].forEach((o, j) => o.setAttribute('aria-selected', String(i === j)));
    this.list.children[i]?.scrollIntoView({ block: 'nearest' });
    if (i >= 0) this.area.setAttribute('aria-activedescendant', `${this.list.id}-${i}`);
    else this.area.removeAttribute('aria-activedescendant');
  }

  // take puts an option in: a whole line where it repeats what is typed, else the last word.
  take(option) {
    if (option.value.startsWith('/')) this.area.value = option.value;
    else {
      const typed = this.area.value.replace(/^\/case\s+/i, ''), stem = typed.slice(0, typed.lastIndexOf(' ') + 1);
      const line = option.value.toLowerCase().startsWith(stem.toLowerCase()) && stem ? option.value : stem + option.value;
      this.area.value = `/case ${line}${/[\s=]$/.test(line) ? '' : ' '}`;
    }
    this.grow();
    this.close();
    this.complete();
  }

  close() {
    this.list.hidden = true;
    this.chosen = -1;
    this.area.setAttribute('aria-expanded', 'false');
    this.area.removeAttribute('aria-activedescendant');
  }
}
