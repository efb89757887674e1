// The reaction picker: what does something first, with its meaning; then anything.
import { el, closeMenu } from './kit.js';
import { world } from './world.js';

const common = ['👀', '👍', '🎉', '🙏', '❤️', '😄', '😮', '😢', '🤔', '👏', '🔥', '🚀', '💡', '🐛', '🔧', '📌', '⏳', '⚠️', '🟢', '🔴', '☕', '💯', '🥳', '👎'];

export function openPicker(button, choose) {
  closeMenu();
  document.querySelector('.picker')?.remove();
  const pick = emoji => { close(); button.focus(); choose(emoji); };
  const any = el('input', { type: 'text', placeholder: 'Any emoji or :name:', 'aria-label': 'Any emoji or name', maxlength: 40 });
  const box = el('div', { class: 'picker', role: 'dialog', 'aria-label': 'Add a reaction', 'data-test': 'picker' },
    el('div', { class: 'meanings' }, ...world.reactions.map(r => el('button', { type: 'button', 'data-test': `emoji-${r.value}`, onclick: () => pick(r.value) },
      el('span', { class: 'emoji', text: r.value }), el('span', { text: r.label })))),
    el('div', { class: 'emojis' }, ...common.map(e => el('button', { type: 'button', 'aria-label': e, class: 'emoji', text: e, onclick: () => pick(e) }))),
    el('form', { class: 'any', onsubmit: e => { e.preventDefault(); if (any.value.trim()) pick(any.value.trim()); } }, any));
  document.body.append(box);
  const frame = button.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(frame.right - box.offsetWidth, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${frame.bottom + box.offsetHeight + 8 < innerHeight ? Math.max(8, frame.bottom + 6) : Math.max(8, frame.top - box.offsetHeight - 6)}px`;
  const away = e => { if (!box.contains(e.target)) close(); };
  function close() { document.removeEventListener('pointerdown', away); box.remove(); }
  setTimeout(() => document.addEventListener('pointerdown', away));
  box.addEventListener('keydown', e => {
    const all = [...box.querySelectorAll('button, input')], at = all.indexOf(document.activeElement);
    if (e.key === 'Escape') { close(); button.focus(); } else if (e.key === 'ArrowRight' || e.key === 'ArrowDown') all[(at + 1) % all.length].focus();
    else if (e.key === 'ArrowLeft' || e.key === 'ArrowUp') all[(at - 1 + all.length) % all.length].focus();
    else if (e.key === 'Tab') { close(); return; } else return;
    e.preventDefault();
    e.stopPropagation();
  });
  box.querySelector('button').focus();
}
