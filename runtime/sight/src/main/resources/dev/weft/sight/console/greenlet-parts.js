/** What several views say about greenlets in the same way. */

import {element} from './dom.js';

const FRAME = /^(?:.*\/)?(?:[\w$]+\.)*?((?:[A-Z][\w$]*\.)+[\w$<>]+|[\w$]+\.[\w$<>]+)\((.*)\)$/;
const OF_THE_RUNTIME = /^(?:.*\/)?(?:java\.|javax\.|jdk\.|sun\.|dev\.weft\.(?:[A-Z]|generator|http|io|jdk|kernel|loop|lowlevel|offload|scheduler|service|spi|sync|time))/;

/** A link to the page of a greenlet. */
export function greenletLink(id, name) {
  return element('a', {href: `#greenlets/${id}`}, name || `greenlet-${id}`);
}

/** The state of a greenlet or of a loop. */
export function stateChip(state) {
  return element('span', {class: 'state', 'data-state': state}, state);
}

/** "app//com.acme.Server.handle(Server.java:40)" as "Server.handle (Server.java:40)". */
export function shortSite(frame) {
  const parts = FRAME.exec(frame);
  return parts === null ? frame : `${parts[1]} (${parts[2]})`;
}

/** A stack, innermost frame first; the frames of the program itself stand out. */
export function stackList(frames) {
  if (frames.length === 0) {
    return element('p', {class: 'muted'}, 'No frames: it has not run yet, or runs right now.');
  }
  const first = frames.findIndex(frame => !OF_THE_RUNTIME.test(frame));
  return element('ol', {class: 'stack', tabindex: '0', 'aria-label': 'Stack, innermost frame first'},
    ...frames.map((frame, index) => element('li',
      {class: index === first ? 'own first' : OF_THE_RUNTIME.test(frame) ? null : 'own'}, frame)));
}
