/** Verdicts, which say what can never go on, and lints, which say what will hurt some day. */

import {ask} from './connection.js';
import {element, empty, reconcile, setText} from './dom.js';
import {counted, duration} from './format.js';
import {greenletLink, stateChip} from './greenlet-parts.js';

const MEANINGS = {
  certain: 'Nobody else could ever end these waits.',
  presumed: 'All who have lately used the other side wait here too, or have ended.',
  leaked: 'Nothing that is alive can reach what these wait for.',
};

export function findingsView(main) {
  const verdicts = element('div', {class: 'stack-of-panels'});
  const lints = element('div', {class: 'stack-of-panels'});
  const nothing = element('section', {class: 'panel'},
    empty('Nothing found', 'The program is looked at once a second for deadlocks, and for habits that hurt.'));
  const leaks = element('div', {class: 'stack-of-panels'});
  const search = element('button', {type: 'button', class: 'button', onclick: findLeaks}, 'Search for leaked greenlets');
  const searchState = element('span', {class: 'muted', role: 'status'}, 'Stops the program while its heap is written to a file.');
  main.append(element('h1', {}, 'Findings'), verdicts, lints, nothing,
    element('section', {class: 'panel'}, element('h2', {}, 'Leaks'), element('div', {class: 'tools'}, search, searchState), leaks));

  async function findLeaks() {
    search.disabled = true;
    setText(searchState, 'Searching');
    try {
      const found = await ask('leaks', {}, {method: 'POST'});
      setText(searchState, found.length === 0 ? 'No greenlet has leaked.' : '');
      draw(leaks, found, verdictKey, createVerdict, updateVerdict);
    } catch (failure) {
      setText(searchState, failure.message);
    } finally {
      search.disabled = false;
    }
  }

  return {
    update(snapshot) {
      draw(verdicts, snapshot.verdicts, verdictKey, createVerdict, updateVerdict);
      draw(lints, snapshot.lints, lint => `${lint.kind} ${lint.subject} ${lint.greenlet} ${lint.site}`, createLint, updateLint);
      nothing.hidden = snapshot.verdicts.length + snapshot.lints.length > 0;
      if (!snapshot.maySearchLeaks) {
        search.disabled = true;
        setText(searchState, 'Not allowed: it stops the program for a while. Console.builder().allowLeakSearch() allows it.');
      }
    },
    close() {},
  };
}

function draw(node, items, key, create, update) {
  node.hidden = items.length === 0;
  reconcile(node, items, key, create, update);
}

function verdictKey(verdict) {
  return `${verdict.kind} ${verdict.greenlets.join()}`;
}

function createVerdict(verdict) {
  const since = element('span', {class: 'muted'});
  const names = new Map(verdict.edges.map(edge => [edge.greenlet, edge.name]));
  return element('section', {class: 'panel finding'},
    element('div', {class: 'finding-title'}, stateChip(verdict.kind), element('h2', {}, verdict.title), since),
    element('p', {class: 'muted'}, `${MEANINGS[verdict.kind] ?? ''} ${counted(verdict.greenlets.length, 'greenlet')}.`),
    element('ul', {class: 'list'}, ...verdict.edges.map(edge => createEdge(edge, names))),
    verdict.cure === '' ? null : element('p', {}, verdict.cure),
    element('details', {}, element('summary', {}, 'The whole report'), element('pre', {class: 'stack'}, verdict.text)));
}

function createEdge(edge, names) {
  return element('li', {}, greenletLink(edge.greenlet, edge.name), ' waits for ', element('span', {}, edge.waitsFor),
    edge.owner > 0 ? [', which is up to ', greenletLink(edge.owner, names.get(edge.owner))] : null,
    edge.place === '' ? null : element('div', {class: 'muted'}, `at ${edge.place}`),
    element('div', {class: 'muted'}, `spawned at ${edge.spawnSite}`));
}

function updateVerdict(node, verdict) {
  setText(node.querySelector('.finding-title').lastChild, `for ${duration(verdict.sinceNanos)}`);
}

function createLint(lint) {
  return element('section', {class: 'panel finding'},
    element('div', {class: 'finding-title'}, stateChip('lint'), element('h2', {}, lint.kind.replaceAll('-', ' ')), element('span', {class: 'muted'})),
    element('p'),
    element('p', {class: 'muted'}, lint.cure),
    lint.greenlet > 0 ? element('p', {}, greenletLink(lint.greenlet, ''), ' ', element('span', {class: 'muted'}, lint.site))
      : lint.site === '' ? null : element('p', {class: 'muted'}, lint.site));
}

function updateLint(node, lint) {
  setText(node.children[1], lint.text);
  setText(node.querySelector('.finding-title').lastChild, `for ${duration(lint.sinceNanos)}`);
}
