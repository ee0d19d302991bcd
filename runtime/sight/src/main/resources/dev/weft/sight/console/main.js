/** The frame of the console: which view is shown, and the state of the connection. */

import {connect} from './connection.js';
import {channelsView} from './channels.js';
import {element, reconcile, setAttribute, setText, show} from './dom.js';
import {findingsView} from './findings.js';
import {clock, count} from './format.js';
import {greenletsView} from './greenlets.js';
import {greenletView} from './greenlet.js';
import {History} from './history.js';
import {loopsView} from './loops.js';
import {timelineView} from './timeline.js';

const VIEWS = {
  loops: loopsView,
  greenlets: (...parameters) => parameters[2] ? greenletView(...parameters) : greenletsView(...parameters),
  channels: channelsView,
  findings: findingsView,
  timeline: timelineView,
};

const STATES = {connecting: 'Connecting', live: 'Live', paused: 'Paused', lost: 'Disconnected', closed: 'Closed'};

const main = document.getElementById('main');
const pause = document.getElementById('pause');
const history = new History();
let latest = null;
let view = null;
let route = '';

/** Opens the view that the address names: "#loops", or "#greenlets/42". */
function navigate() {
  const [name, argument = ''] = location.hash.slice(1).split('/');
  const known = Object.hasOwn(VIEWS, name) ? name : 'loops';
  for (const tab of document.querySelectorAll('#tabs a')) {
    const current = tab.hash === `#${known}`;
    setAttribute(tab, 'aria-current', current ? 'page' : null);
    if (current) {
      tab.scrollIntoView({block: 'nearest', inline: 'nearest'});
    }
  }
  view?.close();
  view = null;
  main.replaceChildren();
  const moved = route !== '' && route !== location.hash;
  route = location.hash || '#loops';
  if (latest === null) {
    main.append(element('div', {class: 'skeleton', role: 'status', 'aria-label': 'Waiting for the first snapshot'}));
    return;
  }
  view = VIEWS[known](main, history, argument);
  view.update(latest);
  if (moved) {
    scrollTo(0, 0);
    main.focus({preventScroll: true});
  }
}

function onSnapshot(snapshot) {
  const first = latest === null;
  history.add(snapshot);
  latest = snapshot;
  showProgram(snapshot);
  showFindings(snapshot);
  if (first) {
    navigate();
  } else {
    view.update(snapshot);
  }
}

function showProgram(snapshot) {
  document.title = `${snapshot.group} – Weft console`;
  const facts = [
    ['Group', snapshot.group],
    ['PID', String(snapshot.pid)],
    ['Loops', count(snapshot.loops.length)],
    ['Java', snapshot.java],
    ['Weft', snapshot.version],
  ].filter(fact => fact[1] !== '');
  reconcile(document.getElementById('program'), facts, fact => fact[0],
    fact => element('div', {}, element('dt', {}, fact[0]), element('dd', {})),
    (node, fact) => setText(node.lastChild, fact[1]));
}

function showFindings(snapshot) {
  const badge = document.getElementById('findings-count');
  const number = snapshot.verdicts.length + snapshot.lints.length;
  badge.hidden = number === 0;
  setText(badge, count(number));
  setAttribute(badge, 'data-level', snapshot.verdicts[0]?.kind ?? 'lint');
}

function onState(state) {
  const status = document.getElementById('status');
  status.dataset.state = state;
  setText(status, STATES[state]);
  pause.disabled = state === 'closed' || state === 'lost';
  setAttribute(pause, 'aria-pressed', state === 'paused');
  setText(pause, state === 'paused' ? 'Resume' : 'Pause');
  const seen = latest === null ? '' : ` This is its state at ${clock(latest.time)}.`;
  const notice = document.getElementById('notice');
  const text = {
    lost: `The program does not answer; it may have ended, or be stopped in a debugger.${seen} Trying again every two seconds.`,
    closed: `The program has closed this console, or the whole group.${seen}`,
  }[state];
  notice.hidden = text === undefined;
  show(notice, text === undefined ? [] : element('div', {}, text));
  document.body.dataset.connection = state;
}

const connection = connect(onSnapshot, onState);
pause.addEventListener('click', () => pause.getAttribute('aria-pressed') === 'true' ? connection.resume() : connection.pause());
addEventListener('hashchange', navigate);
navigate();
