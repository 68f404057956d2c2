/**
 * Makes `from` like `to` with as few changes as there are differences: what a person has typed, focused, selected and
 * unfolded stays. Elements with an id keep their identity when others come and go around them.
 */
export function morph(from: Element, to: Element): void {
  copyAttributes(from, to);
  const wanted = [...to.childNodes];
  const ids = new Set(wanted.map(idOf).filter((id) => id !== ''));
  let current = from.firstChild;
  for (const next of wanted) {
    // What goes is taken out first, so that what stays need not be moved: a move loses the focus.
    while (current !== null && idOf(current) !== '' && !ids.has(idOf(current))) current = remove(current);
    const found = match(from, current, next);
    if (found === undefined) {
      from.insertBefore(next, current);
      continue;
    }
    if (found === current) current = current.nextSibling;
    else from.insertBefore(found, current);
    update(found, next);
  }
  while (current !== null) current = remove(current);
}

/** The node that `next` is a newer version of. */
function match(parent: Element, current: ChildNode | null, next: ChildNode): ChildNode | undefined {
  const id = idOf(next);
  if (id !== '') return [...parent.childNodes].find((node) => idOf(node) === id && node.nodeName === next.nodeName);
  return current !== null && idOf(current) === '' && current.nodeName === next.nodeName ? current : undefined;
}

function update(node: ChildNode, next: ChildNode): void {
  if (node instanceof Element && next instanceof Element) morph(node, next);
  else if (node.nodeValue !== next.nodeValue) node.nodeValue = next.nodeValue;
}

function copyAttributes(from: Element, to: Element): void {
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !isTheirs(from, name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value && !isTheirs(from, name)) from.setAttribute(name, value);
}

/** Whether a fold is open is for the person to say. */
function isTheirs({ nodeName }: Element, attribute: string): boolean {
  return nodeName === 'DETAILS' && attribute === 'open';
}

function remove(node: ChildNode): ChildNode | null {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function idOf(node: Node): string {
  return node instanceof Element ? node.id : '';
}
