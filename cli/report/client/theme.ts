import { choose, chosenOf } from './dom';

/** Light or dark as the reader says, or as the system is. Nothing is kept when the page is closed. */
export function driveTheme(group: HTMLElement, changed: () => void): void {
  group.hidden = false;
  choose(group, 'auto');
  group.addEventListener('change', () => {
    const theme = chosenOf(group);
    if (theme === 'auto') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', theme);
    changed();
  });
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
    matchMedia(query).addEventListener('change', changed);
}
