/** One greenlet: what it waits for and since when, who could end that, how it came about, and what is around it. */

import {ask} from './connection.js';
import {element, empty, panel, reconcile, setText, show} from './dom.js';
import {count, duration} from './format.js';
import {drawGraph} from './graph.js';
import {greenletLink, stackList, stateChip} from './greenlet-parts.js';
import {poller} from './poller.js';

const HOPS = 3;

const WITHOUT_OWNER = {
  sleep: 'The timer of this loop.',
  socket: 'The other side of the connection, or its closing.',
  offload: 'The thread that runs the off-loaded call.',
  stage: 'Whoever completes the future.',
};

const SCOPES = {scope: 'Scope', deadline: 'Deadline', shield: 'Shield', kill: 'Kill scope'};

export function greenletView(main, history, id) {
  const title = element('div', {class: 'title'});
  const facts = element('dl', {class: 'facts'});
  const owners = element('div');
  const scopes = element('ul', {class: 'list'});
  const noScopes = element('p', {class: 'muted'}, 'None');
  const chain = element('ol', {class: 'list'});
  const graph = element('div', {class: 'graph', tabindex: '0', 'aria-label': 'Wait-for graph'});
  const stack = element('div');
  const parts = element('div', {class: 'parts'},
    element('div', {class: 'pair'}, panel('Now', facts), panel('Who could end this wait', owners)),
    panel('Wait-for graph', graph),
    panel('Stack', stack),
    element('div', {class: 'pair'}, panel('Scopes, innermost first', scopes, noScopes), panel('Spawned by', chain)));
  const ended = element('div', {hidden: true}, empty('This greenlet has ended', 'The console shows what is alive. It keeps no history of greenlets.'));
  main.append(element('p', {}, element('a', {href: '#greenlets'}, '← All greenlets')), title, ended, parts);
  parts.hidden = true;

  const drawn = new Map();
  let mayKill = false;
  const details = poller(() => ask('greenlet', {id, hops: HOPS}), drawAll);

  function drawAll(found) {
    ended.hidden = found !== null;
    parts.hidden = found === null;
    if (found === null) {
      once(title, 'ended', () => show(title,
        element('h1', {}, title.querySelector('h1')?.textContent ?? `Greenlet ${id}`), stateChip('ended')));
      return;
    }
    const {greenlet} = found;
    const {awaits} = greenlet;
    once(title, [greenlet.name, greenlet.state, greenlet.killedNanos >= 0], () => show(title, titleOf(greenlet)));
    reconcile(facts, factsOf(greenlet), fact => fact[0], createFact, (node, fact) => setText(node.lastChild, fact[1]));
    once(owners, [greenlet.state, awaits.kind, awaits.owners, awaits.certain], () => show(owners, ownersOf(greenlet, found.graph)));
    once(graph, [found.graph.nodes, found.graph.edges], () => drawGraph(graph, found.graph));
    once(stack, greenlet.stack, () => show(stack, stackList(greenlet.stack)));
    once(chain, found.chain.map(each => each.id), () => show(chain, chainOf(found)));
    const inOrder = greenlet.scopes.map((scope, index) => ({...scope, index}));
    reconcile(scopes, inOrder, scope => scope.index, () => element('li'), (node, scope) => setText(node, describeScope(scope)));
    noScopes.hidden = inOrder.length > 0;
  }

  /** Draws a part anew only if what it depends on has changed, so that focus and selection in it survive. */
  function once(node, on, draw) {
    const key = JSON.stringify(on);
    if (drawn.get(node) !== key) {
      drawn.set(node, key);
      draw();
    }
  }

  function titleOf(greenlet) {
    return [
      element('h1', {}, greenlet.name), stateChip(greenlet.state),
      greenlet.killedNanos >= 0 ? stateChip('killed') : null,
      greenlet.adopted ? stateChip('adopted thread') : null,
      greenlet.runtime ? stateChip('of the runtime') : null,
      mayKill && greenlet.killedNanos < 0 ? element('button', {type: 'button', class: 'button danger', onclick: kill}, 'Kill') : null,
    ];
  }

  async function kill(event) {
    const button = event.currentTarget;
    if (!confirm('Kill this greenlet? Its waits throw Cancelled; finally blocks run.')) {
      return;
    }
    button.disabled = true;
    try {
      await ask('kill', {id}, {method: 'POST'});
      details.now();
    } catch (failure) {
      button.disabled = false;
      button.after(element('span', {role: 'alert'}, failure.message));
    }
  }

  return {
    update(snapshot) {
      mayKill = snapshot.mayKill;
      details.poll();
    },
    close: details.close,
  };
}

function createFact(fact) {
  return element('div', {class: 'fact'}, element('dt', {}, fact[0]), element('dd'));
}

function factsOf(greenlet) {
  const {awaits} = greenlet;
  const waits = greenlet.state === 'waiting';
  return [
    waits ? ['Waits for', awaits.what || awaits.kind] : null,
    waits ? ['Since', `${duration(awaits.sinceNanos)} ago`] : null,
    waits ? ['At the most', awaits.deadlineNanos < 0 ? 'without limit' : `for another ${duration(awaits.deadlineNanos)}`] : null,
    greenlet.killedNanos >= 0 ? ['Killed', `${duration(greenlet.killedNanos)} ago`] : null,
    ['Loop', greenlet.loop],
    ['Spawned at', greenlet.spawnSite],
    ['Thread', `#${greenlet.id}`],
  ].filter(fact => fact !== null);
}

function ownersOf(greenlet, graph) {
  const {awaits} = greenlet;
  if (greenlet.state !== 'waiting') {
    return element('p', {class: 'muted'}, 'It does not wait.');
  }
  if (awaits.owners.length === 0) {
    return element('p', {class: 'muted'}, WITHOUT_OWNER[awaits.kind] ?? 'Nobody that Weft knows of.');
  }
  const names = new Map(graph.nodes.map(node => [node.key, node]));
  return [
    element('p', {class: 'panel-note'}, awaits.certain ? 'Nobody else can:' : 'By recent use; others might too:'),
    element('ul', {class: 'list'}, ...awaits.owners.map(owner => {
      const node = names.get(`g${owner}`);
      return element('li', {}, greenletLink(owner, node?.name), ' ', node ? stateChip(node.state) : null);
    })),
  ];
}

function chainOf(found) {
  if (found.chain.length === 0) {
    return element('li', {class: 'muted'}, found.greenlet.spawner > 0
      ? `${found.greenlet.spawnerName || `greenlet-${found.greenlet.spawner}`}, which has ended` : 'Code outside of greenlets');
  }
  return found.chain.map(each => element('li', {}, greenletLink(each.id, each.name), element('div', {class: 'muted'}, `spawned at ${each.spawnSite}`)));
}

function describeScope(scope) {
  const left = scope.deadlineNanos < 0 ? '' : `, ${duration(scope.deadlineNanos)} left`;
  const children = scope.children > 0 ? `, ${count(scope.children)} ${scope.children === 1 ? 'child' : 'children'}` : '';
  return `${SCOPES[scope.kind] ?? scope.kind}${left}${children}`;
}
