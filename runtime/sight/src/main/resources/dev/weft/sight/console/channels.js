/** What greenlets wait for and share: channels, pools, limiters, locks. */

import {ask} from './connection.js';
import {element, empty, panel, reconcile, setText, show} from './dom.js';
import {count} from './format.js';
import {greenletLink} from './greenlet-parts.js';
import {poller} from './poller.js';

const ALONE = new Set(['sleep', 'join', 'scope', 'socket', 'accept', 'offload']); // nobody shares these
const MOST_NAMED = 3;
const NAMES = ['Name', 'Kind', 'In use', 'Waiting', 'Held or used by'];
const KINDS = [null, null, 'number', 'number', null];

export function channelsView(main) {
  const body = element('tbody');
  const table = element('div', {class: 'scroll'}, element('table', {class: 'cards'},
    element('thead', {}, element('tr', {}, ...NAMES.map((name, index) => element('th', {scope: 'col', class: KINDS[index]}, name)))), body));
  const nothing = empty('Nobody waits', 'A channel, pool, limiter or lock is listed while a greenlet waits for it.');
  main.append(element('h1', {}, 'Channels and pools'), panel('What greenlets wait for', table, nothing));
  const resources = poller(() => ask('resources'),
    found => draw(found.resources.filter(resource => !ALONE.has(resource.kind)), found.names));

  function draw(shared, names) {
    table.hidden = shared.length === 0;
    nothing.hidden = shared.length > 0;
    reconcile(body, shared.toSorted((a, b) => b.waiting - a.waiting || a.key - b.key), resource => resource.key, create,
      (row, resource) => update(row, resource, names));
  }

  return {update: resources.poll, close: resources.close};
}

function create() {
  return element('tr', {}, element('th', {scope: 'row'}, element('span')),
    ...NAMES.slice(1).map((name, index) => element('td', {class: KINDS[index + 1], 'data-name': name}, element('span'))));
}

function update(row, resource, names) {
  const [name, kind, use, waiting, holders] = [...row.children].map(cell => cell.firstChild);
  setText(name, resource.name);
  setText(kind, resource.kind);
  setText(use, useOf(resource));
  setText(waiting, count(resource.waiting));
  const key = resource.holders.join();
  if (holders.dataset.holders !== key) {
    holders.dataset.holders = key;
    show(holders, links(resource.holders, names));
  }
}

function useOf({size, capacity}) {
  if (size < 0 || capacity === 0) {
    return '–';
  }
  return capacity < 0 ? `${count(size)}, unbounded` : `${count(size)} of ${count(capacity)}`;
}

function links(holders, names) {
  if (holders.length === 0) {
    return '–';
  }
  const named = holders.slice(0, MOST_NAMED).flatMap((id, index) => [index > 0 ? ', ' : '', greenletLink(id, names[id])]);
  return holders.length > MOST_NAMED ? [...named, ` and ${count(holders.length - MOST_NAMED)} more`] : named;
}
