/**
 * What each loop did lately: a lane for each, shaded where it was busy, with the slices of at least a millisecond on it. The
 * program records slices while this view asks for them.
 */

import {ask} from './connection.js';
import {d3} from './d3.js';
import {element, panel, reconcile, setAttribute, show, svg} from './dom.js';
import {clock, duration, percent} from './format.js';
import {greenletLink} from './greenlet-parts.js';
import {poller} from './poller.js';

const LANE = 30;
const GAP = 8;
const TOP = 32;
const LABEL = 96;
const LEAST_WIDTH = 560;
const SPANS = [[10, '10 s'], [60, '1 min'], [300, '5 min']];
const KEPT = 5000;
const DRAWN = 1500;
const LONGEST = 10;
const LONG_MILLIS = 10;
const HOG_MILLIS = 100;
const FAINTEST = 0.2;
const LATE_SECONDS = 2; // slices arrive that late

export function timelineView(main, history) {
  let span = 60;
  let slices = [];
  let latest = null;
  const picture = element('div', {class: 'lanes', tabindex: '0', 'aria-label': 'Timeline of the loops'});
  const rows = element('tbody');
  const buttons = SPANS.map(([seconds, name]) => element('button', {type: 'button', class: 'button', onclick: () => choose(seconds)}, name));
  const nothing = element('p', {class: 'muted'}, 'No slice of a millisecond or more yet.');
  const table = element('table', {class: 'cards'}, element('thead', {}, element('tr', {},
    ...['Greenlet', 'Loop', 'Began at', 'Ran for'].map((name, index) => element('th', {scope: 'col', class: index === 3 ? 'number' : null}, name)))), rows);
  main.append(element('h1', {}, 'Timeline'),
    element('section', {class: 'panel'},
      element('div', {class: 'tools'}, element('div', {class: 'segments', role: 'group', 'aria-label': 'Span'}, ...buttons),
        element('p', {class: 'summary'}, 'Shaded: share of time that the loop was busy. Bars: slices of 1 ms and more; orange from 10 ms, red from 100 ms.')),
      picture),
    panel('Longest slices of this span', table, nothing));

  const reports = poller(() => ask('slices', {after: slices.at(-1)?.number ?? 0}), found => {
    slices = [...slices, ...found].slice(-KEPT);
    draw();
  });

  function choose(seconds) {
    span = seconds;
    draw();
  }

  function draw() {
    buttons.forEach((button, index) => setAttribute(button, 'aria-pressed', String(SPANS[index][0] === span)));
    const width = Math.max(LEAST_WIDTH, picture.clientWidth);
    const end = latest.time / 1000 - LATE_SECONDS;
    const x = d3.scaleLinear([end - span, end], [LABEL, width - 8]);
    const shown = slices.filter(slice => slice.begin / 1000 > end - span && slice.begin / 1000 < end).toSorted((a, b) => b.millis - a.millis);
    const height = TOP + latest.loops.length * (LANE + GAP);
    show(picture, svg('svg', {width, height, viewBox: `0 0 ${width} ${height}`}, axis(x), ...latest.loops.map((loop, index) =>
      lane(loop.name, TOP + index * (LANE + GAP), x, history, shown.slice(0, DRAWN).filter(slice => slice.loop === loop.name)))));
    table.hidden = shown.length === 0;
    nothing.hidden = shown.length > 0;
    reconcile(rows, shown.slice(0, LONGEST), slice => slice.number, createRow, () => {});
  }

  return {
    update(snapshot) {
      latest = snapshot;
      draw();
      reports.poll();
    },
    close: reports.close,
  };
}

function createRow(slice) {
  const cell = (name, kind, ...content) => element('td', {class: kind, 'data-name': name}, element('span', {}, ...content));
  return element('tr', {}, element('th', {scope: 'row'}, greenletLink(slice.greenlet, slice.name)), cell('Loop', null, slice.loop),
    cell('Began at', null, clock(slice.begin)), cell('Ran for', 'number', duration(slice.millis * 1e6)));
}

function axis(x) {
  const group = svg('g', {class: 'axis', transform: `translate(0,${TOP - 6})`});
  d3.select(group).call(d3.axisTop(x).ticks(6).tickFormat(seconds => clock(seconds * 1000)).tickSizeOuter(0));
  return group;
}

function lane(name, y, x, history, slices) {
  const [begin, end] = x.range();
  const group = svg('g', {transform: `translate(0,${y})`},
    svg('text', {x: 0, y: LANE / 2 + 4}, name), svg('rect', {class: 'lane', x: begin, width: end - begin, height: LANE, rx: 4}));
  const seconds = history.series(name, 'seconds');
  history.times.forEach((time, index) => {
    const before = history.times[index - 1] ?? time - 1;
    if (x(time) > begin && x(before) < end && seconds[index].utilisation !== null) {
      group.append(busy(seconds[index], before, time, x));
    }
  });
  slices.forEach(slice => group.append(bar(slice, x)));
  return group;
}

function busy(second, before, time, x) {
  const left = Math.max(x(before), x.range()[0]);
  const right = Math.min(x(time), x.range()[1]);
  return svg('rect', {
    class: second.held ? 'busy held' : 'busy', x: left, width: Math.max(0.5, right - left), height: LANE,
    'fill-opacity': (second.held ? 0.5 : second.utilisation / 2).toFixed(2),
  }, svg('title', {}, `${clock(time * 1000)}: ${second.held ? `held by ${second.name || 'the runtime'}` : `${percent(second.utilisation)} busy`}`));
}

function bar(slice, x) {
  const left = x(slice.begin / 1000);
  const right = Math.min(x((slice.begin + slice.millis) / 1000), x.range()[1]);
  const width = right - left; // of less than a pixel, fainter: many short slices are not a long one
  const kind = slice.millis >= HOG_MILLIS ? 'slice hog' : slice.millis >= LONG_MILLIS ? 'slice long' : 'slice';
  return svg('a', {href: `#greenlets/${slice.greenlet}`, tabindex: '-1'},
    svg('rect', {
      class: kind, x: left, width: Math.max(1, width), y: 4, height: LANE - 8, rx: 1,
      'fill-opacity': Math.min(1, Math.max(FAINTEST, width)).toFixed(2),
    },
    svg('title', {}, `${slice.name}: ${duration(slice.millis * 1e6)} at ${clock(slice.begin)}`)));
}
