// Small tools: elements, menus, toasts, remembered choices.

// el makes an element. Text is always set as text.
export function el(tag, attrs = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) {
    if (v === false || v === undefined || v === null) continue;
    if (k === 'class') e.className = v;
    else if (k === 'text') e.textContent = v;
    else if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'dataset') Object.assign(e.dataset, v);
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.filter(c => c !== null && c !== undefined && c !== false));
  return e;
}

export const icon = name => el('i', { class: `icon i-${name}` });

export function avatar(person, extra = '') {
  return el('span', { class: `avatar hue-${person.hue} ${extra}`, 'aria-hidden': 'true', text: person.initials });
}

// say shows a sentence for a moment; errors stay longer.
export function say(text, bad = false) {
  const toast = el('div', { class: `toast${bad ? ' bad' : ''}`, text });
  document.getElementById('toasts').append(toast);
  setTimeout(() => toast.remove(), bad ? 9000 : 4500);
}

// run does something that may be refused and says so.
export async function run(f) {
  try {
    return await f();
  } catch (e) {
    say(e.message, true);
    if (e.constructor.name !== 'Refused') console.error(e);
    return null;
  }
}

// keep and kept remember a choice on this machine. A browser that forbids it forgets, no more.
export function keep(key, value) {
  try { localStorage.setItem(`casebot.${key}`, JSON.stringify(value)); } catch { /* private window */ }
}
export function kept(key, otherwise) {
  try { return JSON.parse(localStorage.getItem(`casebot.${key}`)) ?? otherwise; } catch { return otherwise; }
}

let openMenu = null;

// menu opens a list under a button: arrow keys move, Enter chooses, Esc closes and gives the focus back.
export function menu(button, items, label) {
  closeMenu();
  const list = el('div', { class: 'menu', role: 'menu', 'aria-label': label });
  for (const item of items) {
    if (item.heading) { list.append(el('p', { class: 'menu-heading', text: item.heading })); continue; }
    list.append(el('button', {
      type: 'button', role: 'menuitemradio', 'aria-checked': String(!!item.on), class: 'menu-item', 'data-test': item.test,
      onclick: () => { closeMenu(); item.do(); },
    }, item.lead, el('span', { class: 'menu-text' }, el('b', { text: item.label }), item.note ? el('small', { text: item.note }) : null),
      item.dot ? el('span', { class: 'dot', title: 'Something new' }) : null, item.on ? icon('check') : null));
  }
  const frame = button.getBoundingClientRect();
  document.body.append(list);
  const below = innerHeight - frame.bottom, height = list.offsetHeight;
  list.style.left = `${Math.max(8, Math.min(frame.left, innerWidth - list.offsetWidth - 8))}px`;
  list.style.top = below > height + 12 ? `${frame.bottom + 6}px` : `${Math.max(8, frame.top - height - 6)}px`;
  button.setAttribute('aria-expanded', 'true');
  const away = e => { if (!list.contains(e.target) && !button.contains(e.target)) closeMenu(); };
  setTimeout(() => document.addEventListener('pointerdown', away));
  list.addEventListener('keydown', e => {
    const all = [...list.querySelectorAll('.menu-item')], at = all.indexOf(document.activeElement);
    if (e.key === 'ArrowDown') all[(at + 1) % all.length].focus();
    else if (e.key === 'ArrowUp') all[(at - 1 + all.length) % all.length].focus();
    else if (e.key === 'Home') all[0].focus();
    else if (e.key === 'End') all.at(-1).focus();
    else if (e.key === 'Escape') { closeMenu(); button.focus(); } else if (e.key === 'Tab') { closeMenu(); return; } else return;
    e.preventDefault();
    e.stopPropagation();
  });
  openMenu = { list, button, away };
  (list.querySelector('[aria-checked=true]') || list.querySelector('.menu-item'))?.focus();
}

export function closeMenu() {
  if (!openMenu) return;
  document.removeEventListener('pointerdown', openMenu.away);
  openMenu.button.setAttribute('aria-expanded', 'false');
  openMenu.list.remove();
  openMenu = null;
}

// later calls f once, ms after the last call.
export function later(f, ms) {
  let timer;
  const g = (...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), ms); };
  g.now = (...args) => { clearTimeout(timer); return f(...args); };
  g.stop = () => clearTimeout(timer);
  return g;
}
