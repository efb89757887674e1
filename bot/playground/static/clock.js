// The desk's clock: shows the time and moves it forward.
import { post } from './net.js';
import { el, run, say } from './kit.js';
import { now } from './world.js';

// at writes an instant in a zone: "Mon 23 Nov 2026, 11:02".
export function at(ms, zone, year = true) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).formatToParts(ms).map(p => [p.type, p.value]));
  return `${parts.weekday} ${parts.day} ${parts.month}${year ? ` ${parts.year}` : ''}, ${parts.hour}:${parts.minute}`;
}

export function startClock(world) {
  const face = document.getElementById('clock-now'), pop = document.getElementById('clock-pop'), more = document.getElementById('clock-more');
  const buttons = () => document.querySelectorAll('[data-to], #clock-form .primary');

  const paint = () => {
    // The face shows the time of the person on the left: whose times the page speaks in first.
    const person = (world.panes.find(p => p.element.classList.contains('active')) || world.panes[0])?.person;
    if (!person) return;
    const [day, time] = at(now(), person.zone).split(', ');
    face.replaceChildren(el('span', {}, day.slice(0, -5), el('span', { class: 'year', text: day.slice(-5) })), el('span', {}, el('span', { class: 'comma', text: ', ' }), `${time} ${person.short}`));
    face.dataset.now = new Date(now()).toISOString();
    if (!pop.matches(':popover-open')) return;
    const zones = new Map();
    for (const home of world.homes) for (const p of home.people) zones.set(p.zone, { short: p.short, names: [...(zones.get(p.zone)?.names || []), p.name] });
    document.getElementById('zones').replaceChildren(...[...zones].flatMap(([zone, z]) => [
      el('dt', { text: `${at(now(), zone, false)} ${z.short}` }), el('dd', { text: z.names.length > 3 ? `${z.names.slice(0, 3).join(', ')} and ${z.names.length - 3} more` : z.names.join(', ') }),
    ]));
  };

  const move = async to => {
    const pane = world.panes.find(p => p.element.classList.contains('active')) || world.panes[0];
    buttons().forEach(b => { b.disabled = true; });
    document.body.classList.add('moving');
    const answer = await run(() => post('clock', { ...pane.who, to }));
    document.body.classList.remove('moving');
    buttons().forEach(b => { b.disabled = false; });
    if (!answer) return;
    world.offset = answer.now - Date.now();
    paint();
    pop.hidePopover();
    say(`It is now ${face.textContent}.`);
    document.dispatchEvent(new CustomEvent('step', { detail: { kind: 'clock' } }));
  };

  document.querySelectorAll('[data-to]').forEach(b => { b.onclick = () => move(b.dataset.to); });
  more.onclick = () => pop.togglePopover();
  pop.addEventListener('toggle', e => {
    const open = e.newState === 'open', frame = more.getBoundingClientRect();
    more.setAttribute('aria-expanded', String(open));
    if (!open) return;
    paint();
    pop.style.top = `${frame.bottom + 8}px`;
    pop.style.left = `${Math.max(8, Math.min(frame.right - pop.offsetWidth, innerWidth - pop.offsetWidth - 8))}px`;
    document.getElementById('clock-text').focus();
  });
  document.getElementById('clock-form').onsubmit = e => {
    e.preventDefault();
    const text = document.getElementById('clock-text').value.trim();
    if (text) move(text);
  };
  document.addEventListener('clock', paint);
  document.getElementById('panes').addEventListener('click', () => setTimeout(paint));
  setInterval(paint, 1000);
  paint();
}
