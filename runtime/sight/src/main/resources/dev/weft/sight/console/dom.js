/** Building and updating the document, without any markup in strings. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Creates an element. Attributes that are null or false are left out; those that begin with "on" are listeners. Children are
 * elements or text; null is left out.
 */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** As element, for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      node.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(key, value === true ? '' : value);
    }
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}

/** Replaces the children of a node, unless they are the same text already. */
export function show(node, ...children) {
  const all = children.flat().filter(child => child !== null && child !== undefined);
  if (all.length === 1 && typeof all[0] === 'string') {
    setText(node, all[0]);
  } else {
    node.replaceChildren(...all);
  }
}

/** Sets the text of a node, if it differs: so that a selection in it survives an update. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Sets an attribute, or removes it if the value is null or false. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

/**
 * Makes the children of parent match items, in their order: those with a known key are updated, and moved if need be; others
 * are created. Focus and selection stay where they are.
 */
export function reconcile(parent, items, key, create, update) {
  const known = new Map();
  for (const child of parent.children) {
    known.set(child.dataset.key, child);
  }
  let position = parent.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let node = known.get(id);
    if (node === undefined) {
      node = create(item);
      node.dataset.key = id;
    }
    known.delete(id);
    if (node === position) {
      position = position.nextElementSibling;
    } else {
      parent.insertBefore(node, position);
    }
    update(node, item);
  }
  known.forEach(node => node.remove());
}

/** A panel with a heading. */
export function panel(title, ...children) {
  return element('section', {class: 'panel'}, element('h2', {}, title), ...children);
}

/** What is shown where there is nothing. */
export function empty(title, text) {
  return element('div', {class: 'empty'}, element('p', {class: 'empty-title'}, title), text ? element('p', {}, text) : null);
}
