// A view is a list of messages with a composer under it: a channel, or one thread.
import { get, post } from './net.js';
import { el, icon, run, say, later } from './kit.js';
import { Composer } from './composer.js';
import { openDialog } from './dialog.js';
import { openPicker } from './picker.js';

export class View {
  constructor(pane, kind) {
    this.pane = pane;
    this.kind = kind;
    this.element = document.getElementById('view-template').content.firstElementChild.cloneNode(true);
    this.element.classList.add(`${kind}-view`);
    this.element.dataset.test = kind;
    this.log = this.element.querySelector('.log');
    this.wanted = new Set();
    this.turn = 0;
    this.composer = new Composer(this);
    this.log.addEventListener('click', e => this.click(e));
    this.log.addEventListener('keydown', e => this.arrow(e));
    // A picture that comes late must not push the newest message out of sight.
    this.stuck = true;
    this.log.addEventListener('scroll', () => { this.stuck = this.atEnd(); });
    this.log.addEventListener('load', () => { if (this.stuck) this.toEnd(); }, true);
    this.fetchWanted = later(() => run(() => this.fetchSingle()), 25);
    const close = this.element.querySelector('.close');
    close.hidden = kind !== 'thread';
    close.onclick = () => pane.closeThread();
  }

  get place() { return { ...this.pane.who, channel: this.channel, thread: this.root || '' }; }

  clear() { this.turn++; this.channel = ''; this.root = 0; this.log.replaceChildren(); }

  async open(channel, root) {
    const turn = ++this.turn;
    Object.assign(this, { channel, root });
    this.heading();
    this.composer.place(); // At once: what was written for the place before must not be sent to this one.
    const data = this.kind === 'thread' ? await get('thread', { ...this.pane.who, root }) : await get('channel', { ...this.pane.who, channel });
    if (turn !== this.turn) return; // Somebody has gone elsewhere meanwhile.
    this.log.replaceChildren();
    this.fill(data.messages);
    this.older(data.more);
    if (!data.messages.length) this.empty();
    this.tidy();
    this.toEnd();
  }

  heading() {
    const title = this.pane.channelTitle(), h2 = this.element.querySelector('h2'), topic = this.element.querySelector('.topic');
    if (this.kind === 'thread') {
      h2.replaceChildren('Thread');
      topic.textContent = `in #${title.name}`;
      this.log.setAttribute('aria-label', 'Thread');
      return;
    }
    h2.replaceChildren(icon(title.icon), title.name);
    topic.textContent = title.topic;
    this.log.setAttribute('aria-label', `Messages in ${title.name}`);
  }

  empty() {
    const home = this.pane.home, cases = this.channel === home.cases;
    this.log.append(el('div', { class: 'empty' }, icon('chat'), el('p', { text: cases && home.side === 'provider' ? 'Nothing has been escalated yet.' : cases ? 'No case has been filed yet.' : 'Nothing here yet.' }),
      cases && home.side === 'partner' ? el('button', { type: 'button', class: 'btn primary', text: 'File a case', onclick: () => this.composer.send('/case new') }) : null));
  }

  fill(messages) { for (const m of messages) this.upsert(m); }

  // upsert puts a message where its number belongs, or in the place of its earlier form.
  upsert(m) {
    const holder = el('template');
    holder.innerHTML = m.html; // Drawn and escaped by the server.
    const article = holder.content.firstElementChild, id = String(m.id);
    const old = this.find(id);
    if (old) {
      const whole = old === document.activeElement, focus = !whole && old.contains(document.activeElement) && document.activeElement.dataset.act;
      article.classList.toggle('marked', old.classList.contains('marked'));
      old.replaceWith(article);
      if (whole) { article.tabIndex = -1; article.focus({ preventScroll: true }); }
      if (focus) article.querySelector(`[data-act="${focus}"]`)?.focus();
      return article;
    }
    this.log.querySelector('.empty')?.remove();
    let after = null;
    for (const other of this.articles().reverse()) {
      if (Number(other.dataset.id) < m.id) { after = other; break; }
    }
    if (after) after.after(article);
    else if (this.log.querySelector('.older')) this.log.querySelector('.older').after(article);
    else this.log.prepend(article);
    return article;
  }

  articles() { return [...this.log.querySelectorAll('article')]; }
  find(id) { return this.log.querySelector(`article[data-id="${id}"]`); }

  // tidy draws the days between messages and joins what one person says in a row.
  tidy() {
    this.log.querySelectorAll('.day, .replies-mark').forEach(d => d.remove());
    let last = null;
    for (const a of this.articles()) {
      if (!last || last.dataset.day !== a.dataset.day) a.before(el('div', { class: 'day', role: 'separator' }, el('span', { text: a.dataset.dayname })));
      const joined = last && last.dataset.day === a.dataset.day && last.dataset.user === a.dataset.user && a.dataset.at - last.dataset.at < 300000 &&
        !a.classList.contains('private') && !last.classList.contains('private') && !(this.root && last.dataset.id === String(this.root));
      a.classList.toggle('joined', !!joined);
      last = a;
    }
    if (this.kind === 'thread') {
      const n = this.articles().length - 1;
      if (n > 0) this.find(this.root)?.after(el('div', { class: 'replies-mark' }, el('span', { text: n === 1 ? '1 reply' : `${n} replies` })));
    }
  }

  older(more) {
    this.log.querySelector('.older')?.remove();
    if (!more) return;
    this.log.prepend(el('button', { type: 'button', class: 'older btn', text: 'Earlier messages', onclick: () => run(async () => {
      const first = this.articles()[0], from = this.log.scrollHeight - this.log.scrollTop;
      const data = await get('channel', { ...this.pane.who, channel: this.channel, before: first?.dataset.id });
      this.fill(data.messages);
      this.older(data.more);
      this.tidy();
      this.log.scrollTop = this.log.scrollHeight - from;
    }) }));
  }

  // --- What changes while the page is open ---

  take(event) {
    if (this.kind === 'thread' && event.root !== this.root && event.id !== this.root) return;
    // A reply shows at the top level only as a number under its root.
    this.wanted.add(this.kind === 'thread' || !event.root ? event.id : event.root);
    this.fetchWanted();
  }

  async fetchSingle() {
    const ids = [...this.wanted].slice(0, 200), turn = this.turn;
    ids.forEach(id => this.wanted.delete(id));
    if (!ids.length) return;
    const { messages } = await get('messages', { ...this.pane.who, ids: ids.join(',') });
    if (turn !== this.turn) return;
    const atEnd = this.atEnd(), given = new Set(messages.map(m => m.id));
    const oldest = Number(this.articles()[0]?.dataset.id || 0), more = !!this.log.querySelector('.older');
    for (const m of messages) {
      const fresh = !this.find(m.id);
      if (fresh && more && m.id < oldest) continue;
      const article = this.upsert(m);
      if (fresh) article.classList.add('fresh');
    }
    for (const id of ids) if (!given.has(id)) this.find(id)?.remove();
    this.tidy();
    if (atEnd) this.toEnd();
    if (this.wanted.size) this.fetchWanted();
  }

  atEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80; }
  toEnd() { this.log.scrollTop = this.log.scrollHeight; this.stuck = true; }

  focus() { this.composer.area.focus({ preventScroll: true }); }
  focusMessage(id) { this.find(id)?.querySelector('[data-act=thread]')?.focus({ preventScroll: true }); }

  // show brings a message into sight; point marks it for a moment too and gives it the focus.
  show(id) {
    const article = this.find(id);
    if (!article) return null;
    const log = this.log.getBoundingClientRect(), frame = article.getBoundingClientRect();
    this.log.scrollTop += frame.top - log.top - Math.max(0, (log.height - frame.height) / 3);
    this.stuck = this.atEnd();
    return article;
  }

  point(id) {
    const article = this.show(id);
    if (!article) return;
    article.tabIndex = -1;
    article.focus({ preventScroll: true });
    article.classList.add('marked');
    setTimeout(() => this.find(id)?.classList.remove('marked'), 4000);
  }

  // --- Acts ---

  click(e) {
    const button = e.target.closest('[data-act]'), article = e.target.closest('article');
    if (!button || !article) return;
    const id = article.dataset.id;
    const acts = {
      press: () => this.act('press', { message: id, i: button.dataset.i, pressed: button.dataset.test.replace('button-', '') }, button),
      react: () => this.react(id, button.dataset.emoji, button.getAttribute('aria-pressed') !== 'true'),
      'react-menu': () => openPicker(button, emoji => this.react(id, emoji, true)),
      thread: () => this.kind === 'channel' && this.pane.openThread(Number(id)),
      dismiss: () => this.act('dismiss', { message: id }, button),
      delete: () => this.act('edit', { message: id, remove: 'true' }, button),
      edit: () => this.edit(article),
      'show-all': () => {
        const rest = button.previousElementSibling;
        rest.hidden = !rest.hidden;
        button.firstChild.textContent = rest.hidden ? 'Show all ' : 'Show less ';
      },
    };
    acts[button.dataset.act]?.();
  }

  async act(path, fields, button) {
    if (button) { button.disabled = true; button.classList.add('busy'); }
    const answer = await run(() => post(path, { ...this.place, ...fields }));
    if (button) { button.disabled = false; button.classList.remove('busy'); }
    if (answer) this.answered(answer, path, fields);
    return answer;
  }

  // answered opens the dialog an act leads to; all else comes as an event.
  answered(answer, path, fields = {}) {
    document.dispatchEvent(new CustomEvent('step', { detail: { kind: path, ...fields, answer, home: this.pane.home } }));
    if (answer.form) openDialog(this, answer.form);
  }

  react(id, emoji, on) { return this.act('react', { message: id, emoji, on: String(on) }); }

  edit(article) {
    run(async () => {
      const text = article.querySelector('.said')?.innerText.replace(/\n?Show all .*$/, '') ?? '';
      const area = el('textarea', { rows: 3, 'aria-label': 'Edit the message' });
      area.value = article.dataset.source ?? text;
      const done = () => this.fetchNow(article.dataset.id);
      const save = async () => { if (await this.act('edit', { message: article.dataset.id, text: area.value })) say('Changed.'); };
      const box = el('div', { class: 'edit-box' }, area, el('div', { class: 'row' },
        el('button', { type: 'button', class: 'btn primary', text: 'Save', onclick: save }), el('button', { type: 'button', class: 'btn', text: 'Cancel', onclick: done })));
      area.addEventListener('keydown', e => {
        if (e.key === 'Escape') { done(); e.preventDefault(); e.stopPropagation(); }
        if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) save();
      });
      article.querySelector('.said')?.replaceWith(box);
      area.focus();
    });
  }

  fetchNow(id) { this.wanted.add(Number(id)); this.fetchWanted(); }

  // arrow moves through the messages with the keyboard.
  arrow(e) {
    if (e.target !== this.log && !e.target.matches('article')) return;
    const all = this.articles(), at = all.indexOf(document.activeElement);
    const next = { ArrowUp: at < 0 ? all.length - 1 : at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[e.key];
    if (next === undefined || !all[next]) return;
    all[next].tabIndex = -1;
    all[next].focus();
    e.preventDefault();
  }
}
