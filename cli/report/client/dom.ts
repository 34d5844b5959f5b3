import type { Html } from '../html';

/** The element of an id, which the page has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no "${id}"`);
  return found as T;
}

/** Fills an element with HTML; every text in it was escaped when it was made. */
export function fill(element: Element, content: Html | undefined): void {
  element.innerHTML = content?.text ?? '';
}

/** The value of the radio button that is chosen of a group. */
export function chosenOf(group: HTMLElement): string {
  return group.querySelector<HTMLInputElement>('input:checked')!.value;
}

/** Chooses the radio button of a value. */
export function choose(group: HTMLElement, value: string): void {
  for (const input of group.querySelectorAll('input')) input.checked = input.value === value;
}

/** Calls `then` when nothing was asked for some milliseconds. */
export function calmly(milliseconds: number, then: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(then, milliseconds);
  };
}
