/** The loops: how busy they are, how long what is ready waits for its turn, and what is off-loaded. */

import {chart, seriesNumber} from './chart.js';
import {element, panel, reconcile, setAttribute, setText, show} from './dom.js';
import {count, counted, duration, percent, rate} from './format.js';
import {greenletLink, stateChip} from './greenlet-parts.js';

const HIGH = 0.8;

const COLUMNS = [
  ['State', loop => stateChip(loop.state)],
  ['Utilisation', loop => meter(loop.utilisation)],
  ['Latency p50', loop => duration(loop.latency.p50), 'number'],
  ['p99', loop => duration(loop.latency.p99), 'number'],
  ['Turns', loop => rate(loop.rates.polls), 'number'],
  ['Switches', loop => rate(loop.rates.switches), 'number'],
  ['Spawned', loop => rate(loop.rates.spawned), 'number'],
  ['Greenlets', loop => count(loop.statistics.alive), 'number'],
  ['Ready', loop => count(loop.statistics.ready), 'number'],
  ['Timers', loop => count(loop.statistics.timers), 'number'],
  ['Longest slice', loop => duration(loop.statistics.longestSliceNanos), 'number'],
];

export function loopsView(main, history) {
  const tiles = element('dl', {class: 'tiles'});
  const held = element('div', {hidden: true});
  const body = element('tbody');
  const pools = element('tbody');
  const charts = element('div', {class: 'pair'});
  let names = '';
  let drawn = [];

  main.append(element('h1', {class: 'title'}, 'Loops'), tiles, held,
    panel('Now', element('div', {class: 'scroll'}, table(['Loop', ...COLUMNS.map(column => column[0])], body,
      ['', ...COLUMNS.map(column => column[2])]))),
    charts,
    panel('Off-loaded calls', element('div', {class: 'scroll'}, table(['Pool', 'Running', 'Queued', 'Threads'], pools,
      ['', 'number', 'number', 'number']))));

  function redraw(loops) {
    drawn.forEach(each => each.close());
    const all = loops.map(loop => loop.name);
    const utilisation = chart(all, {format: value => `${value.toFixed(0)} %`, least: 100});
    const latency = chart(all, {format: value => duration(value * 1e6), least: 1});
    drawn = [utilisation, latency];
    show(charts, panel('Utilisation', utilisation.node), panel('Scheduling latency, p99', latency.node));
  }

  return {
    update(snapshot) {
      const loops = snapshot.loops;
      const now = loops.map(loop => loop.name).join(' ');
      if (now !== names) {
        names = now;
        redraw(loops);
      }
      showTiles(tiles, snapshot);
      showHeld(held, loops);
      reconcile(body, loops, loop => loop.name, createLoop, updateLoop);
      reconcile(pools, snapshot.pools, pool => pool.name, createPool, updatePool);
      drawn[0].update(history.times, loops.map(loop => history.series(loop.name, 'utilisation')));
      drawn[1].update(history.times, loops.map(loop => history.series(loop.name, 'latency')));
    },
    close: () => drawn.forEach(each => each.close()),
  };

  function createLoop(loop) {
    const number = seriesNumber(snapshotIndex(loop));
    return element('tr', {}, element('th', {scope: 'row'}, element('span', {}, element('i', {class: `swatch s${number}`}), loop.name)),
      ...COLUMNS.map(([name, , kind]) => element('td', {class: kind, 'data-name': name}, element('span'))));
  }

  function snapshotIndex(loop) {
    return names.split(' ').indexOf(loop.name);
  }
}

function updateLoop(row, loop) {
  COLUMNS.forEach(([, value], index) => show(row.children[index + 1].firstChild, value(loop)));
}

function createPool(pool) {
  return element('tr', {}, element('th', {scope: 'row'}, pool.name),
    ...['Running', 'Queued', 'Threads'].map(name => element('td', {class: 'number', 'data-name': name}, element('span'))));
}

function updatePool(row, pool) {
  [pool.running, pool.queued, pool.threads].forEach((value, index) => setText(row.children[index + 1].firstChild, count(value)));
}

function table(names, body, kinds) {
  return element('table', {class: 'cards'},
    element('thead', {}, element('tr', {}, ...names.map((name, index) => element('th', {scope: 'col', class: kinds[index] || null}, name)))),
    body);
}

function meter(share) {
  if (share === null) {
    return element('span', {class: 'muted'}, '–');
  }
  const bar = element('b');
  bar.style.transform = `scaleX(${share})`;
  return element('span', {class: 'meter', 'data-level': share >= HIGH ? 'high' : null},
    element('i', {'aria-hidden': 'true'}, bar), element('span', {}, percent(share)));
}

function showTiles(tiles, snapshot) {
  const loops = snapshot.loops;
  const known = loops.filter(loop => loop.utilisation !== null);
  const busiest = known.reduce((most, loop) => most === null || loop.utilisation > most.utilisation ? loop : most, null);
  const mean = known.reduce((sum, loop) => sum + loop.utilisation, 0) / known.length;
  const slowest = loops.filter(loop => loop.latency.p99 !== null).reduce(
    (most, loop) => most === null || loop.latency.p99 > most.latency.p99 ? loop : most, null);
  const sum = name => loops.reduce((total, loop) => total + loop.statistics[name], 0);
  const findings = snapshot.verdicts.length + snapshot.lints.length;
  const all = [
    ['Utilisation', busiest === null ? '–' : percent(mean), busiest === null || loops.length === 1 ? '' : `busiest: ${busiest.name}, ${percent(busiest.utilisation)}`],
    ['Latency p99', slowest === null ? '–' : duration(slowest.latency.p99), slowest === null ? '' : `of ${slowest.name}`],
    ['Greenlets', count(sum('alive')), `${count(sum('waiting'))} wait, ${count(sum('ready'))} ready`],
    ['Timers', count(sum('timers')), `${count(sum('spawned'))} spawned so far`],
    ['Findings', count(findings), snapshot.verdicts[0]?.title ?? (findings === 0 ? 'nothing found' : counted(findings, 'lint'))],
  ];
  reconcile(tiles, all, tile => tile[0],
    tile => element('div', {}, element('dt', {}, tile[0]), element('dd'), element('dd')),
    (node, tile) => {
      setText(node.children[1], tile[1]);
      setText(node.children[2], tile[2]);
    });
}

/** Names what holds a loop: the first thing to know when a program hangs. */
function showHeld(node, loops) {
  const held = loops.filter(loop => loop.state === 'held');
  setAttribute(node, 'hidden', held.length === 0);
  show(node, held.map(loop => element('section', {class: 'panel alarm'},
    element('div', {class: 'finding-title'}, stateChip('held'),
      element('p', {}, `Loop ${loop.name} has been held for ${duration(loop.heldNanos)} by `,
        loop.running > 0 ? greenletLink(loop.running, loop.runningName) : loop.runningName || 'the runtime', '.')))));
}
