// What every part of the page looks at; app.js reads it again when the server says that it changed.
export const world = { instance: '', homes: [], reactions: [], offset: 0, panes: [], start: 0, newest: 0 };

// now is the desk's time, which the clock above the panes moves.
export const now = () => Date.now() + world.offset;
