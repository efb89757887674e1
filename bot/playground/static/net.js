// What the page asks of its server. Every act carries a nonce: sent twice, it is done once.

export class Refused extends Error {}

async function read(response) {
  const data = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(data.error || 'The playground did not answer as expected. Try again.');
  return data;
}

// get asks for something; parameters that are empty are left out.
export async function get(path, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, v]) => v !== undefined && v !== ''));
  return read(await fetch(`/api/${path}?${query}`));
}

export const nonce = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join('');

// post does something. A broken line is tried once more, under the same nonce.
export async function post(path, fields, files = [], options = {}) {
  const body = new FormData();
  for (const [key, value] of Object.entries({ nonce: nonce(), ...fields })) if (value !== undefined) body.append(key, value);
  for (const [key, file] of files) body.append(key, file, file.name);
  const send = () => fetch(`/api/${path}`, { method: 'POST', body, keepalive: !!options.keepalive });
  let response;
  try {
    response = await send();
  } catch {
    await new Promise(go => setTimeout(go, 600));
    try {
      response = await send();
    } catch {
      throw new Refused('The playground cannot be reached. What you typed is still here.');
    }
  }
  return read(response);
}

// listen follows what changes and gives a promise of the first connection. EventSource connects again
// by itself and says what it saw last.
export function listen(onEvent, onLine) {
  const source = new EventSource('/api/events');
  source.onerror = () => onLine(false);
  source.onmessage = e => onEvent(JSON.parse(e.data));
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', e => { if (e.persisted) location.reload(); });
  return new Promise(open => {
    source.onopen = () => { onLine(true); open(source); };
  });
}
