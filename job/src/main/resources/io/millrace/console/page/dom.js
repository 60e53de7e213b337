// SPDX-License-Identifier: Apache-2.0

/**
 * An element. Text only ever becomes a text node, whatever is in it.
 *
 * @param {string} tag name, with classes: `div.figure.wide`
 * @param {object} properties of the element; `on…` are listeners, `aria-…`, `data-…` and `role`
 *     attributes
 * @param {...(Node|string|null)} children null for none
 */
export function el(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (key.includes('-') || key === 'role') {
      element.setAttribute(key, value);
    } else {
      element[key] = value;
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets an element's text, and touches nothing when it has it already. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Shows or hides an element. */
export function show(element, shown) {
  if (element.hidden === shown) {
    element.hidden = !shown;
  }
}

/** A term and what it is, for a description list. */
export function fact(term, ...description) {
  return el('div.fact', {}, el('dt', {}, term), el('dd', {}, ...description));
}

/** Whether a key press belongs to what is being written. */
export function isTyping(event) {
  return event.target.closest?.('input, textarea, select') !== null
    || event.ctrlKey || event.metaKey || event.altKey;
}
