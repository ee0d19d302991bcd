/** The trees of greenlets: which rows there are, given what is open. No document here. */

const ALIKE = 8;

const ORDERS = {
  name: (a, b) => a.label.localeCompare(b.label, 'en', {numeric: true}),
  state: (a, b) => a.state.localeCompare(b.state),
  wait: (a, b) => a.wait.localeCompare(b.wait),
  time: (a, b) => b.nanos - a.nanos,
  count: (a, b) => b.count - a.count,
};

/** Returns the tree of scopes: a greenlet is below the one that opened the scope it was spawned into. */
export function byScope(greenlets) {
  const nodes = new Map(greenlets.map(greenlet => [greenlet.id, leaf(greenlet)]));
  const roots = [];
  for (const greenlet of greenlets) {
    const parent = greenlet.parent === greenlet.id ? undefined : nodes.get(greenlet.parent);
    (parent === undefined ? roots : parent.children).push(nodes.get(greenlet.id));
  }
  const seen = new Set();
  return gather(roots, '', seen);
}

/** Gathers siblings that were spawned at the same place, if there are many. */
function gather(siblings, path, seen) {
  const sites = Map.groupBy(siblings, node => node.site);
  const result = [];
  for (const [site, nodes] of sites) {
    for (const node of nodes) {
      if (!seen.has(node)) {
        seen.add(node);
        node.children = gather(node.children, node.key, seen);
      }
    }
    if (nodes.length > ALIKE) {
      result.push(group(`${path}@${site}`, site, nodes));
    } else {
      result.push(...nodes);
    }
  }
  return result;
}

/** Returns the tree of spawn sites. */
export function bySite(greenlets) {
  return [...Map.groupBy(greenlets, greenlet => greenlet.spawnSite)]
    .map(([site, all]) => group(`@${site}`, site, all.map(leaf)));
}

/** Returns the tree of spawn sites where only their numbers are known; what is open has its greenlets in listed, by site. */
export function byNumbers(sites, listed) {
  return [...Map.groupBy(sites, site => site.spawnSite)].map(([site, parts]) => {
    const children = (listed.get(site) ?? []).map(leaf);
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    return {
      ...group(`@${site}`, site, []),
      children, count, unlisted: count - children.length,
      state: common(parts.map(part => part.state), 'states'),
      wait: common(parts.map(part => part.what), '') || common(parts.map(part => part.kind), 'kinds of waits'),
      nanos: Math.max(...parts.map(part => part.oldestNanos)),
    };
  });
}

function leaf(greenlet) {
  return {
    key: `g${greenlet.id}`, greenlet, label: greenlet.name, site: greenlet.spawnSite, state: greenlet.state,
    wait: greenlet.awaits.what, kind: greenlet.awaits.kind, nanos: greenlet.state === 'waiting' ? greenlet.awaits.sinceNanos : 0,
    count: 1, children: [], unlisted: 0,
  };
}

function group(key, site, nodes) {
  return {
    key, greenlet: null, label: site, site, children: nodes, unlisted: 0,
    count: nodes.reduce((sum, node) => sum + node.count, 0),
    state: common(nodes.map(node => node.state), 'states'),
    wait: common(nodes.map(node => node.wait), '') || common(nodes.map(node => node.kind), 'kinds of waits'),
    nanos: nodes.reduce((most, node) => Math.max(most, node.nanos), 0),
  };
}

/** What all have in common; otherwise how many different ones there are, unless they have no noun. */
function common(values, noun) {
  const different = new Set(values.filter(value => value !== ''));
  return different.size <= 1 ? [...different][0] ?? '' : noun === '' ? '' : `${different.size} ${noun}`;
}

/** Stands for the greenlets of a site that are not listed. */
function rest(node) {
  return {
    key: `${node.key} rest`, greenlet: null, label: '', site: 'Others, not listed: search to see them', children: [], unlisted: 0,
    count: node.unlisted, state: '', wait: '', nanos: 0,
  };
}

/** Returns the rows to be shown: the nodes in their order, with those below what is open. */
export function visible(roots, isOpen, order, descending) {
  const rows = [];
  const compare = (a, b) => (descending ? -1 : 1) * ORDERS[order](a, b) || ORDERS.name(a, b);
  const walk = (nodes, level, parent) => {
    for (const node of nodes.toSorted(compare)) {
      const expandable = node.children.length > 0 || node.unlisted > 0;
      const open = expandable && isOpen(node);
      rows.push({node, level, expandable, open, hasSiteOfParent: node.site === parent?.site && parent.greenlet === null});
      if (open) {
        walk(node.children, level + 1, node);
        if (node.children.length > 0 && node.unlisted > 0) {
          rows.push({node: rest(node), level: level + 1, expandable: false, open: false, hasSiteOfParent: true});
        }
      }
    }
  };
  walk(roots, 1, null);
  return rows;
}
