/** d3 as a module: its bundle, which is a script, defines a global variable. */

import './lib/d3.js';

export const {d3} = globalThis;
