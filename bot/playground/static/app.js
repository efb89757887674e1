// The page: two panes side by side, the clock above them, and the line to the server.
import { get, listen } from './net.js';
import { el, icon, keep, kept, run } from './kit.js';
import { Pane } from './pane.js';
import { startClock } from './clock.js';
import { startGuide } from './guide.js';
import { world } from './world.js';

async function boot() {
  const data = await get('boot');
  world.instance = data.instance;
  world.homes = data.homes;
  world.reactions = data.reactions;
  world.offset = data.now - Date.now();
  world.newest = data.last;
  // What was there at the first visit counts as read.
  world.start = kept(`start.${world.instance}`, null) ?? data.last;
  keep(`start.${world.instance}`, world.start);
}

function choosePlaces() {
  const partners = world.homes.filter(h => h.side === 'partner'), provider = world.homes.filter(h => h.side === 'provider');
  const first = [partners[0] || world.homes[0], provider[0] || world.homes.at(-1)];
  return first.map((home, i) => {
    const was = kept(`pane.${world.instance}.${i}`, null);
    const known = was && world.homes.find(h => h.id === was.home && h.people.some(p => p.user === was.user));
    return known ? was : { home: home.id, user: home.people[0]?.user, channel: home.cases, root: 0 };
  });
}

function tabs() {
  const bar = document.getElementById('tabs');
  bar.replaceChildren(...world.panes.map((pane, i) => {
    const home = pane.home;
    return el('button', {
      type: 'button', 'aria-current': String(pane.element.classList.contains('active')), 'data-test': `tab-${i}`, onclick: () => activate(i),
    }, el('span', { class: `ws-icon hue-${home.hue}`, text: home.initial }), el('span', { text: home.name }), pane.unread ? el('span', { class: 'dot' }) : null);
  }));
}

function activate(i) {
  world.panes.forEach((pane, j) => pane.element.classList.toggle('active', i === j));
  keep('active', i);
  tabs();
}

function theme() {
  const button = document.getElementById('theme'), names = { auto: 'as the system', light: 'light', dark: 'dark' };
  let mode = kept('theme', 'auto');
  const show = () => {
    document.documentElement.dataset.theme = mode;
    button.title = `Theme: ${names[mode]}`;
    button.replaceChildren(icon({ auto: 'theme', light: 'sun', dark: 'moon' }[mode]), el('span', { class: 'sr', text: `Theme: ${names[mode]}. Change` }));
  };
  button.onclick = () => { mode = { auto: 'light', light: 'dark', dark: 'auto' }[mode]; keep('theme', mode); show(); };
  show();
}

function keys() {
  document.addEventListener('keydown', e => {
    const typing = e.target.closest('input, textarea, select, [contenteditable]');
    if (e.key === '/' && !typing && !document.querySelector('dialog[open]')) {
      const pane = world.panes.find(p => p.element.contains(document.activeElement)) || world.panes.find(p => p.element.classList.contains('active')) || world.panes[0];
      // The key itself goes on and is written where the focus is now; a text already there is left alone.
      if (pane.focusComposer()) e.preventDefault();
    }
  });
}

// follow leads to the message that the page's address names, in the first pane whose person sees it.
async function follow(hash) {
  if (!/^#m-\d+$/.test(hash)) return;
  const panes = [...world.panes].sort((a, b) => b.element.classList.contains('active') - a.element.classList.contains('active'));
  let refusal;
  for (const pane of panes) {
    try {
      await pane.goTo(hash);
      return activate(pane.index);
    } catch (e) { refusal ??= e; }
  }
  await run(() => { throw refusal; });
}

async function refreshWorld() {
  await boot();
  for (const pane of world.panes) await pane.reload();
  tabs();
}

async function main() {
  const hash = location.hash; // Before the panes open where they were.
  theme();
  await boot();
  const board = document.getElementById('panes');
  choosePlaces().forEach((place, i) => {
    const pane = new Pane(i, place, tabs);
    world.panes.push(pane);
    board.append(pane.element);
  });
  activate(Math.min(kept('active', 0), 1));
  startClock(world);
  startGuide(world, activate);
  keys();
  const line = document.getElementById('line');
  // The line stands before anything is read, so that nothing falls between the two.
  await listen(event => {
    if (event.kind === 'reset') return void run(refreshWorld);
    if (event.kind === 'clock') {
      world.offset = event.now - Date.now();
      document.dispatchEvent(new Event('clock'));
    }
    const home = world.homes.find(h => h.id === event.home);
    if (home && event.desk && !event.root && !event.for && event.channel === home.cases && event.id > world.newest) {
      document.dispatchEvent(new CustomEvent('step', { detail: { kind: 'card', home } }));
    }
    world.newest = Math.max(world.newest, event.id || 0);
    for (const pane of world.panes) pane.take(event);
  }, up => { line.hidden = up; });
  await Promise.all(world.panes.map(pane => pane.start()));
  await follow(hash);
  addEventListener('hashchange', () => follow(location.hash));
  document.body.dataset.ready = 'true';
}

run(main);
