/** So many choices are listed at once. */
const MOST = 60;

/** A field in which one of many names is found by a part of it (the ARIA combobox pattern, list autocomplete). */
export class Combobox {
  private active = -1;
  private shown: readonly number[] = [];

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
    private readonly status: HTMLElement,
    private readonly names: readonly string[],
    private readonly choose: (index: number) => void,
  ) {
    input.addEventListener('focus', () => input.select());
    input.addEventListener('click', () => this.open(''));
    input.addEventListener('input', () => this.open(input.value));
    input.addEventListener('blur', () => this.close());
    input.addEventListener('keydown', event => this.onKey(event));
    // The field keeps the focus while somebody clicks.
    list.addEventListener('pointerdown', event => event.preventDefault());
    list.addEventListener('click', event => {
      const option = (event.target as Element).closest('[role=option]');
      if (option) this.take(Number(option.getAttribute('data-index')));
    });
  }

  /** Shows a name as the one that is chosen. */
  set(index: number): void {
    this.input.value = this.names[index]!;
    this.input.dataset.index = String(index);
  }

  private open(text: string): void {
    const wanted = text.trim().toLowerCase();
    const found = this.names.flatMap((name, i) => (name.toLowerCase().includes(wanted) ? [i] : []));
    this.shown = found.slice(0, MOST);
    this.list.replaceChildren(...this.shown.map((index, at) => this.option(index, at)));
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute('aria-expanded', String(this.shown.length > 0));
    this.status.textContent =
      found.length === 0
        ? `No cluster is called anything like "${text}".`
        : found.length > MOST
          ? `${found.length} clusters, of which ${MOST} are listed: type a part of the name.`
          : '';
    const current = this.shown.indexOf(Number(this.input.dataset.index));
    this.mark(wanted === '' ? current : this.shown.length > 0 ? 0 : -1);
  }

  private option(index: number, at: number): HTMLElement {
    const option = document.createElement('li');
    option.setAttribute('role', 'option');
    option.id = `cluster-option-${at}`;
    option.dataset.index = String(index);
    option.textContent = this.names[index]!;
    return option;
  }

  private mark(at: number): void {
    this.active = at;
    for (const [i, option] of [...this.list.children].entries()) {
      option.setAttribute('aria-selected', String(i === at));
      if (i === at) option.scrollIntoView({ block: 'nearest' });
    }
    if (at < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `cluster-option-${at}`);
  }

  private close(): void {
    this.list.hidden = true;
    this.status.textContent = '';
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.set(Number(this.input.dataset.index));
  }

  private take(index: number): void {
    this.set(index);
    this.close();
    this.choose(index);
  }

  private onKey(event: KeyboardEvent): void {
    const isOpen = !this.list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!isOpen) this.open('');
      else this.mark((this.active + (event.key === 'ArrowDown' ? 1 : -1) + this.shown.length) % this.shown.length);
    } else if (event.key === 'Enter' && isOpen && this.active >= 0) this.take(this.shown[this.active]!);
    else if (event.key === 'Escape' && isOpen) this.close();
    else return;
    event.preventDefault();
  }
}
