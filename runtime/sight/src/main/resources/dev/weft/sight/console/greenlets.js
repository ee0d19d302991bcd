/** All greenlets, as a tree by scope or by spawn site. Above 5,000 only their numbers are fetched, and some of those of an open site. */

import {ask} from './connection.js';
import {element, empty, reconcile, setAttribute, setText, show} from './dom.js';
import {count, counted, duration} from './format.js';
import {greenletLink, shortSite, stateChip} from './greenlet-parts.js';
import {poller} from './poller.js';
import {byNumbers, byScope, bySite, visible} from './tree.js';

const ROWS = 300;
const LISTED_OF_A_SITE = 100;
const NO_LIMIT = 2147483647;
const TYPING_MILLIS = 250;
const COLUMNS = [['name', 'Greenlet'], ['state', 'State'], ['wait', 'Waits for'], ['time', 'For'], ['count', 'Number']];

// Kept while other views are shown. Without an order, the longest waits come first; or the most, if only numbers are known.
const choice = {by: 'scope', filter: '', order: '', descending: false, rows: ROWS, toggled: new Set()};

export function greenletsView(main) {
  const search = element('input', {
    type: 'search', placeholder: 'Search name, place, wait, loop, state', 'aria-label': 'Search greenlets',
    value: choice.filter, autocomplete: 'off', spellcheck: 'false', oninput: onSearch,
  });
  const modes = ['scope', 'site'].map(by => element('button', {type: 'button', class: 'button', onclick: () => choose(by)},
    by === 'scope' ? 'By scope' : 'By spawn site'));
  const summary = element('p', {class: 'summary', role: 'status'});
  const head = element('div', {class: 'tree-row tree-head', role: 'row'}, ...COLUMNS.map(([key, name]) =>
    element('span', {role: 'columnheader', class: key === 'time' || key === 'count' ? 'number' : null},
      element('button', {type: 'button', class: 'button', onclick: () => sort(key)}, name))));
  const body = element('div', {class: 'tree-body', role: 'rowgroup', onclick: onClick, onkeydown: onKey, onfocusin: onFocus});
  const tree = element('div', {class: 'tree', role: 'treegrid', 'aria-label': 'Greenlets'}, head, body);
  const more = element('button', {type: 'button', class: 'button', hidden: true, onclick: showMore}, 'Show more');
  const nothing = element('div', {hidden: true});
  main.append(element('h1', {}, 'Greenlets'),
    element('section', {class: 'panel'},
      element('div', {class: 'tools'}, search,
        element('div', {class: 'segments', role: 'group', 'aria-label': 'Tree'}, ...modes), summary),
      tree, nothing, more));

  let answer = null;
  let roots = [];
  let rows = [];
  let order = 'time';
  let listed = new Map();
  let focused = '';
  let typing = null;
  const greenlets = poller(read, ({found, sites, filter}) => {
    if (filter === choice.filter) {
      answer = found;
      listed = sites;
      draw();
    }
  });

  async function read() {
    const {filter} = choice;
    const found = await ask('greenlets', {filter});
    return {found, sites: found.greenlets.length > 0 ? new Map() : await listOpen(found, filter), filter};
  }

  /** Asks for some greenlets of each site that is open. */
  async function listOpen(found, filter) {
    const open = [...new Set(found.sites.map(site => site.spawnSite))].filter(site => choice.toggled.has(`@${site}`));
    const answers = await Promise.all(open.map(site => ask('greenlets',
      {filter: `${filter} site:${site}`, limit: LISTED_OF_A_SITE, aggregateAbove: NO_LIMIT})));
    return new Map(open.map((site, index) => [site, answers[index].greenlets]));
  }

  function draw() {
    const aggregated = answer.greenlets.length === 0 && answer.matched > 0;
    roots = aggregated ? byNumbers(answer.sites, listed) : choice.by === 'scope' ? byScope(answer.greenlets) : bySite(answer.greenlets);
    order = choice.order || (aggregated ? 'count' : 'time');
    rows = visible(roots, isOpen, order, choice.descending);
    const shown = rows.slice(0, choice.rows);
    if (!shown.some(row => row.node.key === focused)) {
      focused = shown[0]?.node.key ?? '';
    }
    reconcile(body, shown, row => row.node.key, createRow, updateRow);
    modes.forEach((button, index) => {
      setAttribute(button, 'aria-pressed', String(aggregated ? index === 1 : choice.by === ['scope', 'site'][index]));
      button.disabled = aggregated && index === 0;
      button.title = button.disabled ? 'Shown for up to 5,000 greenlets: search to see fewer' : '';
    });
    COLUMNS.forEach(([key], index) => setAttribute(head.children[index], 'aria-sort',
      key !== order ? null : descends() ? 'descending' : 'ascending'));
    setText(summary, (answer.matched === answer.alive ? counted(answer.alive, 'greenlet')
      : `${count(answer.matched)} of ${counted(answer.alive, 'greenlet')}`) + (aggregated ? ', by spawn site as they are so many' : ''));
    tree.hidden = rows.length === 0;
    more.hidden = rows.length <= choice.rows;
    setText(more, `Show more (${count(rows.length - choice.rows)} rows)`);
    nothing.hidden = rows.length > 0;
    show(nothing, choice.filter === '' ? empty('No greenlets', 'Nothing runs on the loops of this group now.')
      : empty('No greenlet matches', 'All words must occur in its name, place, wait, loop or state. Try state:waiting, kind:channel or loop:… alone.'));
  }

  /** Times and numbers begin with the largest, texts with A. */
  function descends() {
    return (order === 'time' || order === 'count') !== choice.descending;
  }

  /** Groups are closed and greenlets open at first. */
  function isOpen(node) {
    return (node.greenlet !== null) !== choice.toggled.has(node.key);
  }

  function createRow() {
    return element('div', {class: 'tree-row', role: 'row'},
      element('span', {role: 'gridcell', class: 'tree-name'}, element('span', {class: 'indent'}), element('span', {class: 'toggle', 'aria-hidden': 'true'}),
        element('span', {class: 'name'}), element('span', {class: 'site'})),
      element('span', {role: 'gridcell'}), element('span', {role: 'gridcell', class: 'tree-wait'}),
      element('span', {role: 'gridcell', class: 'number'}), element('span', {role: 'gridcell', class: 'number many'}));
  }

  function updateRow(node, {node: item, level, expandable, open, hasSiteOfParent}) {
    setAttribute(node, 'aria-level', level);
    setAttribute(node, 'aria-expanded', expandable ? String(open) : null);
    setAttribute(node, 'tabindex', item.key === focused ? '0' : '-1');
    const [name, state, wait, time, number] = node.children;
    const [indent, toggle, label, site] = name.children;
    indent.style.width = `${Math.min(level - 1, 8) * 16}px`;
    setText(toggle, expandable ? (open ? '▾' : '▸') : '');
    if (item.greenlet === null) {
      setText(label, shortSite(item.site));
      label.title = item.site;
    } else if (label.firstElementChild?.textContent !== item.label) {
      const link = greenletLink(item.greenlet.id, item.label);
      link.tabIndex = -1;
      show(label, link);
      label.title = site.title = item.site;
    }
    setText(site, item.greenlet === null || hasSiteOfParent ? '' : shortSite(item.site));
    if (state.firstChild?.dataset?.state !== item.state) {
      show(state, item.state === '' ? [] : stateChip(item.state));
    }
    setText(wait, item.wait);
    wait.title = item.wait;
    setText(time, item.nanos > 0 ? duration(item.nanos) : '');
    setText(number, item.greenlet === null ? count(item.count) : item.children.length > 0 ? count(descendants(item)) : '');
  }

  function toggle(key) {
    choice.toggled.delete(key) || choice.toggled.add(key);
    draw();
    if (rows.some(row => row.node.key === key && row.node.unlisted > 0)) {
      greenlets.now();
    }
  }

  function choose(by) {
    choice.by = by;
    draw();
  }

  function sort(key) {
    choice.descending = key === order && !choice.descending;
    choice.order = key;
    draw();
  }

  function showMore() {
    choice.rows += ROWS;
    draw();
  }

  function onSearch() {
    choice.filter = search.value.trim();
    clearTimeout(typing);
    typing = setTimeout(greenlets.now, TYPING_MILLIS);
  }

  function rowOf(event) {
    const node = event.target.closest('.tree-row');
    return node === null ? undefined : rows.find(row => row.node.key === node.dataset.key);
  }

  function onClick(event) {
    const row = rowOf(event);
    if (row === undefined || event.target.closest('a') !== null) {
      return;
    }
    if (row.expandable) {
      toggle(row.node.key);
    } else if (row.node.greenlet !== null) {
      location.hash = `#greenlets/${row.node.greenlet.id}`;
    }
  }

  function onFocus(event) {
    const row = rowOf(event);
    if (row !== undefined && row.node.key !== focused) {
      focused = row.node.key;
      [...body.children].forEach(node => setAttribute(node, 'tabindex', node.dataset.key === focused ? '0' : '-1'));
    }
  }

  /** The keys of a tree grid, as in the ARIA Authoring Practices. */
  function onKey(event) {
    const row = rowOf(event);
    const node = event.target.closest('.tree-row');
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const actions = {
      ArrowDown: () => node.nextElementSibling?.focus(),
      ArrowUp: () => node.previousElementSibling?.focus(),
      Home: () => body.firstElementChild.focus(),
      End: () => body.lastElementChild.focus(),
      ArrowRight: () => row.expandable && !row.open ? toggle(row.node.key) : row.open && node.nextElementSibling?.focus(),
      ArrowLeft: () => row.open ? toggle(row.node.key) : parentOf(node, row.level)?.focus(),
      Enter: () => row.node.greenlet === null ? toggle(row.node.key) : location.hash = `#greenlets/${row.node.greenlet.id}`,
      ' ': () => row.expandable && toggle(row.node.key),
    };
    if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    }
  }

  function parentOf(node, level) {
    let above = node.previousElementSibling;
    while (above !== null && Number(above.getAttribute('aria-level')) >= level) {
      above = above.previousElementSibling;
    }
    return above;
  }

  return {
    update: greenlets.poll,
    close() {
      greenlets.close();
      clearTimeout(typing);
    },
  };
}

function descendants(node) {
  return node.children.reduce((sum, child) => sum + child.count + (child.greenlet === null ? 0 : descendants(child)), 0);
}
