/** Makes a tree of the page one that keys move in (the ARIA tree view pattern): one item of it can be tabbed to. */
export function driveTree(tree: HTMLElement): void {
  const items = visible(tree);
  for (const item of items) item.tabIndex = -1;
  if (items[0]) items[0].tabIndex = 0;
  tree.addEventListener('click', event => {
    const row = (event.target as Element).closest('.row');
    const item = row?.closest<HTMLElement>('[role=treeitem]');
    if (!item) return;
    toggle(item);
    focusItem(tree, item);
  });
  tree.addEventListener('keydown', event => {
    const item = (event.target as Element).closest<HTMLElement>('[role=treeitem]');
    if (item && press(tree, item, event.key)) event.preventDefault();
  });
}

/** Opens what an item is in, and marks it as the one that was looked for; the focus stays where it is. */
export function revealItem(tree: HTMLElement, item: HTMLElement): void {
  for (let at = parentOf(item); at; at = parentOf(at)) at.setAttribute('aria-expanded', 'true');
  for (const other of tree.querySelectorAll('[aria-current]')) other.removeAttribute('aria-current');
  item.setAttribute('aria-current', 'true');
  becomeStop(tree, item);
}

function press(tree: HTMLElement, item: HTMLElement, key: string): boolean {
  const items = visible(tree);
  const at = items.indexOf(item);
  const expanded = item.getAttribute('aria-expanded');
  const to: Partial<Record<string, HTMLElement | undefined>> = {
    ArrowDown: items[at + 1],
    ArrowUp: items[at - 1],
    Home: items[0],
    End: items.at(-1),
    ArrowLeft: expanded === 'true' ? item : parentOf(item),
    ArrowRight: expanded === 'true' ? items[at + 1] : item,
  };
  if (key === 'Enter' || key === ' ') toggle(item);
  else if (!(key in to)) return false;
  if ((key === 'ArrowLeft' && expanded === 'true') || (key === 'ArrowRight' && expanded === 'false')) toggle(item);
  focusItem(tree, to[key] ?? item);
  return true;
}

function toggle(item: HTMLElement): void {
  const expanded = item.getAttribute('aria-expanded');
  if (expanded !== null) item.setAttribute('aria-expanded', expanded === 'true' ? 'false' : 'true');
}

function focusItem(tree: HTMLElement, item: HTMLElement): void {
  becomeStop(tree, item);
  item.focus();
}

/** Of all items only one can be tabbed to. */
function becomeStop(tree: HTMLElement, item: HTMLElement): void {
  for (const other of tree.querySelectorAll<HTMLElement>('[tabindex="0"]')) other.tabIndex = -1;
  item.tabIndex = 0;
}

function visible(tree: HTMLElement): HTMLElement[] {
  const all = [...tree.querySelectorAll<HTMLElement>('[role=treeitem]')];
  return all.filter(item => {
    for (let at = parentOf(item); at; at = parentOf(at)) if (at.getAttribute('aria-expanded') === 'false') return false;
    return true;
  });
}

function parentOf(item: HTMLElement): HTMLElement | undefined {
  return item.parentElement?.closest<HTMLElement>('[role=treeitem]') ?? undefined;
}
