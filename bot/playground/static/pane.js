// A pane is one workspace as one person sees it: channels on the left, messages, a thread beside.
import { get } from './net.js';
import { el, icon, avatar, menu, keep, kept, run, later } from './kit.js';
import { world } from './world.js';
import { View } from './view.js';

export class Pane {
  constructor(index, place, onChange) {
    this.index = index;
    this.onChange = onChange;
    Object.assign(this, { homeID: place.home, user: place.user, channelID: place.channel, root: place.root || 0 });
    this.element = document.getElementById('pane-template').content.firstElementChild.cloneNode(true);
    this.element.dataset.test = `pane-${index}`;
    this.channels = [];
    const stage = this.element.querySelector('.stage');
    this.main = new View(this, 'channel');
    this.thread = new View(this, 'thread');
    stage.append(this.main.element, this.thread.element);
    this.thread.element.hidden = true;
    this.element.querySelector('.ws').onclick = e => this.homeMenu(e.currentTarget);
    this.element.querySelector('.me').onclick = e => this.personaMenu(e.currentTarget);
    this.element.addEventListener('keydown', e => {
      if (e.key === 'Escape' && this.root && !e.defaultPrevented) { this.closeThread(); e.preventDefault(); }
    });
    this.element.addEventListener('click', e => {
      const lead = e.target.closest('a[href^="/#m-"]');
      if (!lead || e.ctrlKey || e.metaKey || e.shiftKey) return; // With a key the browser opens a window, which finds the way by the address.
      e.preventDefault();
      run(() => this.goTo(lead.hash));
    });
    this.listChannels = later(() => run(() => this.fetchChannels()), 120);
  }

  get home() { return world.homes.find(h => h.id === this.homeID) || world.homes[0]; }
  get person() { return this.home.people.find(p => p.user === this.user) || this.home.people[0]; }
  get who() { return { home: this.homeID, as: this.user }; }
  get unread() { return this.channels.some(c => this.isUnread(c)); }

  async start() { await this.reload(); }

  async reload() {
    this.paint();
    await this.fetchChannels();
    if (!this.channels.some(c => c.id === this.channelID)) this.channelID = this.home.cases;
    this.paintChannels();
    await this.main.open(this.channelID, 0);
    if (this.root) await this.openThread(this.root, false);
    else this.closeThread();
  }

  remember() {
    // Whoever goes elsewhere does not want to be led back by the next reload.
    if (this.led && location.hash === this.led) history.replaceState(null, '', location.pathname);
    this.led = '';
    keep(`pane.${world.instance}.${this.index}`, { home: this.homeID, user: this.user, channel: this.channelID, root: this.root });
  }

  paint() {
    const { home, person } = this;
    this.element.className = `pane side-${home.side}${this.element.classList.contains('active') ? ' active' : ''}`;
    this.element.setAttribute('aria-label', `${home.name}, as ${person.name}`);
    this.element.dataset.home = home.id;
    this.element.dataset.user = person.user;
    const ws = this.element.querySelector('.ws');
    ws.querySelector('.ws-icon').className = `ws-icon hue-${home.hue}`;
    ws.querySelector('.ws-icon').textContent = home.initial;
    ws.querySelector('b').textContent = home.name;
    ws.querySelector('small').textContent = home.side === 'provider' ? 'Provider' : 'Partner';
    const me = this.element.querySelector('.me');
    me.querySelector('.avatar').replaceWith(avatar(person));
    me.querySelector('b').textContent = person.name;
    me.querySelector('small').textContent = person.role;
    me.title = `You are ${person.name}, ${person.role} at ${home.name}. Times are shown in ${person.zone}.`;
    me.setAttribute('aria-label', `You are ${person.name}, ${person.role}. Play somebody else`);
  }

  // --- Channels ---

  markKey(channel) { return `read.${world.instance}.${this.homeID}.${this.user}.${channel}`; }
  readMark(channel) { return kept(this.markKey(channel), world.start); }
  isUnread(c) { return c.id !== this.channelID && c.last > this.readMark(c.id); }

  markRead(id) {
    if (id > this.readMark(this.channelID)) keep(this.markKey(this.channelID), id);
  }

  async fetchChannels() {
    const { channels } = await get('channels', this.who);
    this.channels = channels;
    const here = channels.find(c => c.id === this.channelID);
    if (here) this.markRead(here.last);
    this.paintChannels();
    this.onChange();
  }

  paintChannels() {
    const groups = [['Channels', c => c.kind === 'open'], ['Private', c => c.kind === 'private'], ['Direct', c => c.kind === 'direct']];
    const nav = this.element.querySelector('.channels');
    nav.replaceChildren(...groups.flatMap(([title, belongs]) => {
      const list = this.channels.filter(belongs);
      if (!list.length) return [];
      return [el('p', { class: 'group', text: title }), ...list.map(c => el('button', {
        type: 'button', class: `channel${this.isUnread(c) ? ' unread' : ''}`, 'aria-current': c.id === this.channelID ? 'page' : false,
        'data-test': `channel-${c.kind === 'direct' ? 'direct' : c.id}`, onclick: () => this.openChannel(c.id),
      }, icon({ open: 'hash', private: 'lock', direct: 'bot' }[c.kind]), el('span', { text: c.name }), this.isUnread(c) ? el('span', { class: 'dot' }, el('span', { class: 'sr', text: ' has something new' })) : null))];
    }));
  }

  channelTitle() {
    const c = this.channels.find(c => c.id === this.channelID);
    const topics = { [this.home.cases]: this.home.side === 'provider' ? 'Escalated cases arrive here' : 'Cases are filed and worked on here', [this.home.review]: 'The weekly ops review', general: 'Everything else' };
    if (!c) return { name: this.channelID, icon: 'hash', topic: '' };
    if (c.kind === 'direct') return { name: 'casebot', icon: 'bot', topic: `What the desk tells ${this.person.name} directly` };
    if (c.kind === 'private') return { name: c.name, icon: 'lock', topic: 'Invited people only' };
    return { name: c.name, icon: 'hash', topic: topics[c.id] || '' };
  }

  async openChannel(id) {
    this.channelID = id;
    this.closeThread();
    this.remember();
    const c = this.channels.find(c => c.id === id);
    if (c) this.markRead(c.last);
    this.paintChannels();
    this.onChange();
    await run(() => this.main.open(id, 0));
    document.dispatchEvent(new CustomEvent('step', { detail: { kind: 'channel', channel: id, home: this.home } }));
  }

  async openThread(root, focus = true) {
    this.root = root;
    this.remember();
    this.thread.element.hidden = false;
    this.element.classList.add('with-thread');
    await run(() => this.thread.open(this.channelID, root));
    if (focus) this.thread.focus();
  }

  // goTo shows the message of an address where it stands, in its thread, marked and with the focus. It is
  // refused for a message that the person of this pane does not see.
  async goTo(hash) {
    const id = hash.slice('#m-'.length), { channel, root } = await get('place', { ...this.who, message: id });
    if (!this.channels.some(c => c.id === channel)) await this.fetchChannels();
    if (this.channelID !== channel) await this.openChannel(channel);
    await this.openThread(root, false);
    this.main.show(root);
    this.thread.point(id);
    history.replaceState(null, '', hash);
    this.led = hash;
  }

  closeThread() {
    const was = this.root;
    this.root = 0;
    this.remember();
    this.thread.element.hidden = true;
    this.thread.clear();
    this.element.classList.remove('with-thread');
    if (was) this.main.focusMessage(was);
  }

  // --- Who and where ---

  homeMenu(button) {
    menu(button, world.homes.map(h => ({
      label: h.name, note: h.side === 'provider' ? 'Provider' : 'Partner', on: h.id === this.homeID, test: `home-${h.id}`,
      lead: el('span', { class: `ws-icon hue-${h.hue}`, text: h.initial }), do: () => this.become(h.id, h.people[0]?.user),
    })), 'Workspace');
  }

  personaMenu(button) {
    run(async () => {
      const { homes } = await get('boot');
      world.homes = homes;
      menu(button, [{ heading: `Play somebody at ${this.home.name}` }, ...this.home.people.map(p => ({
        label: p.name, note: `${p.role} · ${p.short}`, on: p.user === this.user, lead: avatar(p), test: `persona-${p.user}`,
        dot: p.direct > kept(`read.${world.instance}.${this.homeID}.${p.user}.@${p.user}`, world.start), do: () => this.become(this.homeID, p.user),
      }))], 'Person');
    });
  }

  async become(home, user) {
    const direct = this.channelID === `@${this.user}`;
    if (home !== this.homeID) { this.root = 0; this.channelID = ''; }
    this.homeID = home;
    this.user = user;
    if (direct) this.channelID = `@${user}`;
    if (!this.channelID) this.channelID = this.home.cases;
    this.channels = []; // A press meant for one person must not open another's.
    this.paintChannels();
    await run(() => this.reload());
    this.remember();
    this.onChange();
  }

  // --- Events ---

  take(event) {
    if (event.kind === 'clock') return;
    if (event.home !== this.homeID) return;
    this.listChannels();
    if (event.kind !== 'message' || event.channel !== this.channelID) return;
    if (event.for && event.for !== this.user) return;
    this.main.take(event);
    if (this.root) this.thread.take(event);
  }

  // focusComposer says whether there was a text in it.
  focusComposer() {
    const { area } = (this.root ? this.thread : this.main).composer;
    area.focus();
    return area.value !== '';
  }
}
