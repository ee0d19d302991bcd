/** Lines over time, drawn by uPlot in the colours of the page. */

import uPlot from './lib/uplot.js';
import {element} from './dom.js';
import {clock} from './format.js';

const HEIGHT = 180;
const LEAST_SECONDS = 60;
const SERIES = 8;

/** Returns a function for the colour of a custom property, which may be light-dark(), as it is in force when it is called. */
function ink(name) {
  return () => {
    const probe = document.body.appendChild(element('i', {hidden: true}));
    probe.style.color = `var(${name})`;
    const {color} = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

/** The number of the colour of the series at an index, from 1. */
export function seriesNumber(index) {
  return Math.min(index, SERIES - 1) + 1;
}

/**
 * Creates a chart of named lines. A format turns a value into text, and least is the smallest upper end of the scale.
 * Returns its node, and update(times, lines), where each line has as many values as there are times.
 */
export function chart(names, {format, least}) {
  const node = element('div', {class: 'chart'});
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const plot = new uPlot({
    width: 400,
    height: HEIGHT,
    legend: {show: names.length > 1 && names.length <= SERIES},
    cursor: {y: false, points: {size: 6}},
    scales: {
      x: {range: (_, first, last) => [Math.min(first, last - LEAST_SECONDS), last]},
      y: {range: (_, low, high) => [0, Math.max(least, high ?? 0)]},
    },
    axes: [
      {
        stroke: ink('--muted'), grid: {show: false}, ticks: {stroke: ink('--line'), size: 4}, font, size: 30, space: 80,
        values: (_, ticks) => ticks.map(seconds => clock(seconds * 1000)),
      },
      {
        stroke: ink('--muted'), grid: {stroke: ink('--line'), width: 1}, ticks: {show: false}, font, size: 60, space: 36,
        values: (_, ticks) => ticks.map(format),
      },
    ],
    series: [
      {label: 'Time', value: (_, time) => time === null ? '–' : clock(time * 1000)},
      ...names.map((name, index) => ({
        label: name, stroke: ink(`--series-${seriesNumber(index)}`), width: 1.5, points: {show: false},
        value: (_, value) => value === null || value === undefined ? '–' : format(value),
      })),
    ],
  }, [[], ...names.map(() => [])], node);

  const observer = new ResizeObserver(() => plot.setSize({width: node.clientWidth, height: HEIGHT}));
  observer.observe(node);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => plot.redraw();
  scheme.addEventListener('change', redraw);
  return {
    node,
    update: (times, lines) => plot.setData([times, ...lines]),
    close() {
      observer.disconnect();
      scheme.removeEventListener('change', redraw);
      plot.destroy();
    },
  };
}
