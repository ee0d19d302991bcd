/**
 * The wait-for graph around one greenlet: in columns, from those who wait on the left to those who are waited for on the
 * right. Edges of a cycle stand out.
 */

import {element, show, svg} from './dom.js';
import {d3} from './d3.js';

const WIDTH = 210;
const HEIGHT = 46;
const GAP_X = 64;
const GAP_Y = 14;
const MOST_IN_A_COLUMN = 12;
const LONGEST = 30;

/** Draws a graph of nodes and edges, whose centre is the id of a greenlet, into a node that scrolls. */
export function drawGraph(parent, graph) {
  const centre = `g${graph.centre}`;
  if (graph.edges.length === 0) {
    show(parent, element('p', {class: 'muted'}, 'It waits for nobody, and nobody waits for it.'));
    return;
  }
  const cycle = cyclic(graph);
  const {places, hidden, width, height} = layOut(graph, centre);
  const picture = svg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': describe(graph)},
    svg('defs', {}, marker()));
  for (const edge of graph.edges.toSorted((a, b) => cycle.has(a) - cycle.has(b))) { // a cycle is drawn above the others
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (from && to) {
      picture.append(svg('path', {d: path(from, to), 'marker-end': 'url(#arrow)', class: cycle.has(edge) ? 'cycle' : null},
        svg('title', {}, edge.label)));
    }
  }
  for (const node of graph.nodes) {
    const place = places.get(node.key);
    if (place) {
      picture.append(drawNode(node, place, node.key === centre));
    }
  }
  const isFirst = parent.querySelector('svg') === null;
  show(parent, picture, hidden === 0 ? null : element('p', {class: 'muted'}, `${hidden} more are not drawn.`));
  if (isFirst) {
    parent.scrollLeft = places.get(centre).x - (parent.clientWidth - WIDTH) / 2;
  }
}

/** Distances from the centre, along the edges and against them; a column each. */
function layOut(graph, centre) {
  const columns = new Map([[centre, 0]]);
  for (const [step, near, far] of [[1, 'from', 'to'], [-1, 'to', 'from']]) {
    let front = [centre];
    for (let column = step; front.length > 0; column += step) {
      const next = [];
      for (const edge of graph.edges) {
        if (front.includes(edge[near]) && !columns.has(edge[far])) {
          columns.set(edge[far], column);
          next.push(edge[far]);
        }
      }
      front = next;
    }
  }
  const members = d3.group(graph.nodes.filter(node => columns.has(node.key)), node => columns.get(node.key));
  const first = Math.min(...members.keys());
  const tallest = Math.min(MOST_IN_A_COLUMN, Math.max(...[...members.values()].map(nodes => nodes.length)));
  const places = new Map();
  let hidden = graph.nodes.length - columns.size;
  for (const [column, nodes] of members) {
    const drawn = nodes.slice(0, MOST_IN_A_COLUMN);
    hidden += nodes.length - drawn.length;
    const top = (tallest - drawn.length) * (HEIGHT + GAP_Y) / 2 + 2;
    drawn.forEach((node, index) => places.set(node.key, {
      x: (column - first) * (WIDTH + GAP_X) + 2, y: top + index * (HEIGHT + GAP_Y), column,
    }));
  }
  return {
    places, hidden,
    width: members.size * (WIDTH + GAP_X) - GAP_X + 4,
    height: tallest * (HEIGHT + GAP_Y) - GAP_Y + 4 + returns(graph, columns) * GAP_Y,
  };
}

function returns(graph, columns) {
  return graph.edges.some(edge => columns.get(edge.to) <= columns.get(edge.from)) ? 2 : 0;
}

/** From the right side of a node to the left side of the other; an edge that goes back leaves at the bottom. */
function path(from, to) {
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x - 6, to.y + HEIGHT / 2];
  if (to.column > from.column) {
    return d3.linkHorizontal()({source: [x1, y1], target: [x2, y2]});
  }
  const low = Math.max(from.y, to.y) + HEIGHT + GAP_Y;
  const [a, b] = [from.x + WIDTH / 2, to.x + WIDTH / 2];
  return `M${a},${from.y + HEIGHT}C${a},${low + 8} ${b},${low + 8} ${b},${to.y + HEIGHT + 6}`;
}

function drawNode(node, place, isCentre) {
  const kind = node.key.startsWith('g') ? 'greenlet' : 'resource';
  const box = [
    svg('title', {}, node.name),
    svg('rect', {width: WIDTH, height: HEIGHT, rx: 8}),
    svg('text', {x: 12, y: 20}, shorten(node.name)),
    svg('text', {x: 12, y: 36, class: 'second'}, [node.kind, node.state, node.stuck ? 'stuck' : ''].filter(part => part !== '').join(' · ')),
  ];
  const inner = kind === 'greenlet' && !isCentre ? [svg('a', {href: `#greenlets/${node.key.slice(1)}`}, ...box)] : box;
  return svg('g', {
    class: [kind, isCentre ? 'focus' : '', node.stuck ? 'stuck' : ''].join(' '), transform: `translate(${place.x},${place.y})`,
  }, ...inner);
}

function shorten(text) {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function marker() {
  return svg('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto', markerUnits: 'userSpaceOnUse'},
    svg('path', {d: 'M0,0L8,4L0,8z'}));
}

/** For those who do not see the picture. */
function describe(graph) {
  const names = new Map(graph.nodes.map(node => [node.key, node.name]));
  return graph.edges.map(edge => `${names.get(edge.from)} ${edge.label} ${names.get(edge.to)}`).join('; ');
}

/** The edges within a cycle: those whose end reaches their begin. */
function cyclic(graph) {
  const targets = d3.group(graph.edges, edge => edge.from);
  const result = new Set();
  for (const edge of graph.edges) {
    const seen = new Set([edge.to]);
    for (const key of seen) {
      (targets.get(key) ?? []).forEach(next => seen.add(next.to));
    }
    if (seen.has(edge.from)) {
      result.add(edge);
    }
  }
  return result;
}
