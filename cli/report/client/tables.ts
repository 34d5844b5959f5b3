/** Makes the heads of tables buttons that sort them. */
export function makeSortable(root: HTMLElement): void {
  for (const head of root.querySelectorAll<HTMLElement>('th[data-key]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => sortBy(head));
  }
}

function sortBy(head: HTMLElement): void {
  const table = head.closest('table')!;
  const ascending = head.getAttribute('aria-sort') !== 'ascending';
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
  const rows = [...table.tBodies[0]!.rows].sort((a, b) => compare(a, b, head.dataset.key!) || compare(a, b, 'order'));
  table.tBodies[0]!.append(...(ascending ? rows : rows.reverse()));
}

function compare(a: HTMLTableRowElement, b: HTMLTableRowElement, key: string): number {
  if (key === 'treatment') return a.cells[1]!.textContent!.localeCompare(b.cells[1]!.textContent!, 'en');
  const [x, y] = [BigInt(a.dataset[key]!), BigInt(b.dataset[key]!)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Shows the rows that hold a text, unfolds the tables that have some, and tells how many there are. */
export function filterRows(root: HTMLElement, text: string): string {
  const wanted = text.trim().toLowerCase();
  let [shown, all] = [0, 0];
  for (const folded of root.querySelectorAll<HTMLDetailsElement>('details.pods')) {
    let found = 0;
    for (const row of folded.querySelectorAll<HTMLTableRowElement>('table.rules tbody tr')) {
      row.hidden = !row.textContent!.toLowerCase().includes(wanted);
      all++;
      if (!row.hidden) found++;
    }
    unfold(folded, wanted !== '', found > 0);
    shown += found;
  }
  return wanted === '' ? '' : `${shown} of ${all} rules`;
}

/** While rows are filtered, a table is open if it has some, and away if it has none; then it is as it was. */
function unfold(folded: HTMLDetailsElement, isFiltered: boolean, hasRows: boolean): void {
  const { dataset } = folded;
  if (isFiltered) dataset.wasOpen ??= String(folded.open);
  else if (dataset.wasOpen === undefined) return;
  folded.hidden = isFiltered && !hasRows;
  folded.open = isFiltered ? hasRows : dataset.wasOpen === 'true';
  if (!isFiltered) delete dataset.wasOpen;
}
