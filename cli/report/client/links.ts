/**
 * Makes links of what leads to a place of the page.
 * @param follow called before the page's address changes to what is clicked
 */
export function makeLinks(root: HTMLElement, follow: (hash: string) => void): void {
  for (const leading of root.querySelectorAll<HTMLElement>('[data-go]')) {
    const link = document.createElement('a');
    link.className = 'go';
    link.href = `#${leading.dataset.go}`;
    link.append(...leading.childNodes);
    leading.replaceWith(link);
    link.addEventListener('click', event => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) follow(link.hash);
    });
  }
}
