// The tour: six steps through a case's life, ticked off as they are done.
import { el, icon, keep, kept } from './kit.js';

export function startGuide(world, activate) {
  const strip = document.getElementById('guide'), list = strip.querySelector('ol'), toggle = document.getElementById('guide-toggle');
  const agent = () => world.panes[0].person.name.split(' ')[0], engineer = () => world.panes[1].person.name.split(' ')[0];
  const done = new Set(kept(`guide.${world.instance}`, []));
  const verb = d => (d.kind === 'say' ? (d.text || '').replace(/^(\/case|@casebot)\s+/i, '') : '').split(/\s/)[0];
  const button = d => d.pressed || '';
  const formDone = (d, name) => d.kind === 'submit' && d.form.split('/').at(-1) === name && d.answer?.done !== false && !d.answer?.form;
  const reacted = (d, emoji) => d.kind === 'react' && d.emoji === emoji && d.on !== 'false' && !d.answer?.form;

  const steps = [
    { id: 'file', text: () => `File a case as ${agent()}`, how: 'Type /case new in the left pane.', do: () => type(0, '/case new'), hit: d => d.kind === 'card' && d.home.side === 'partner' },
    { id: 'escalate', text: () => 'Escalate it with 🆘', how: 'Point at the card, choose the smiley, then 🆘. Or press Escalate.', do: () => show(0), hit: d => d.kind === 'card' && d.home.side === 'provider' },
    { id: 'ack', text: () => `Acknowledge as ${engineer()}`, how: 'In the right pane press Acknowledge, or react with ✋.', do: () => show(1), hit: d => reacted(d, '✋') || formDone(d, 'ack') || verb(d) === 'ack' || button(d) === 'ack' },
    { id: 'clock', text: () => 'Move the clock', how: 'Next due goes to the next reminder or breach.', do: () => document.querySelector('[data-to=due]').focus(), hit: d => d.kind === 'clock' },
    { id: 'resolve', text: () => 'Resolve with ✅ and rate', how: 'Press Resolve on the card, then Rate.', do: () => show(0), hit: d => reacted(d, '✅') || formDone(d, 'resolve') || formDone(d, 'rate') },
    { id: 'digest', text: () => 'Read the weekly review', how: 'Open the review channel, or type /case digest.', do: () => review(), hit: d => verb(d) === 'digest' || (d.kind === 'channel' && d.channel === d.home.review && d.home.review !== d.home.cases) },
  ];

  function type(i, text) { activate(i); const c = world.panes[i].main.composer; c.area.value = ''; c.start(text); }
  function show(i) { activate(i); world.panes[i].main.toEnd(); world.panes[i].main.articles().at(-1)?.querySelector('button')?.focus(); }
  function review() { const pane = world.panes.find(p => p.home.side === 'provider') || world.panes[0]; activate(pane.index); pane.openChannel(pane.home.review || pane.home.cases); }

  const paint = () => {
    const hidden = kept('guide.hidden', false);
    strip.hidden = hidden;
    toggle.setAttribute('aria-pressed', String(!hidden));
    const next = steps.find(s => !done.has(s.id));
    strip.classList.toggle('finished', !next);
    list.replaceChildren(...steps.map((s, i) => el('li', { class: done.has(s.id) ? 'done' : s === next ? 'next' : '' },
      el('button', { type: 'button', title: s.how, 'data-test': `guide-${s.id}`, onclick: s.do },
        el('span', { class: 'number' }, done.has(s.id) ? icon('check') : String(i + 1)), el('span', { text: s.text() }), done.has(s.id) ? el('span', { class: 'sr', text: ' (done)' }) : null))));
  };

  document.addEventListener('step', e => {
    const hit = steps.find(s => !done.has(s.id) && s.hit(e.detail));
    if (hit) { done.add(hit.id); keep(`guide.${world.instance}`, [...done]); }
    paint();
  });
  toggle.onclick = () => { keep('guide.hidden', !kept('guide.hidden', false)); paint(); };
  document.getElementById('guide-close').onclick = () => { keep('guide.hidden', true); paint(); toggle.focus(); };
  paint();
}
