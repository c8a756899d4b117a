/**
 * An element of this page that must be there.
 *
 * @template {HTMLElement} Kind
 * @param {string} selector
 * @param {new () => Kind} kind
 * @param {ParentNode} [parent]
 * @returns {Kind}
 */
export function find(selector, kind, parent = document) {
  const element = parent.querySelector(selector)
  if (!(element instanceof kind)) throw new TypeError(`The page has no ${selector}`)
  return element
}
