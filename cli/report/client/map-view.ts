import type { Cidr } from '../../../core/address';
import { type Point, pointOf, type Rectangle, rectangleOf, SIDE, wordAt } from '../../../core/analysis/report/hilbert';
import { drawMap, type Scene, type View } from './map-drawing';

/** What is told when somebody points at an address, or comes to see another part of the map. */
export interface MapEvents {
  /** An address is pointed at. `still` when by a key or a click, and not in passing. */
  readonly point: (word: number, still: boolean) => void;
  /** Another part is seen. */
  readonly move: () => void;
}

const WHOLE: View = { x: 0, y: 0, side: SIDE };
/** The smallest part that can be seen: 8 by 8 addresses. */
const NEAREST = 8;
/** Keys move the cursor by blocks of which so many are in a row of what is seen. */
const STEPS = 16;
/** So many pixels of movement make a click a drag. */
const DRAG = 4;

/** The map on its canvas: what part of it is seen, where the cursor is, and what wheel, fingers and keys do. */
export class MapView {
  private view: View = WHOLE;
  private cursor: Point = { x: 0, y: 0 };
  private scene: Scene | undefined;
  private asked = 0;
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private dragged = 0;

  constructor(
    private readonly frame: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly events: MapEvents,
  ) {
    canvas.addEventListener('wheel', event => this.onWheel(event), { passive: false });
    canvas.addEventListener('pointerdown', event => this.onDown(event));
    canvas.addEventListener('pointermove', event => this.onMove(event));
    for (const type of ['pointerup', 'pointercancel', 'pointerleave'] as const)
      canvas.addEventListener(type, event => this.onUp(event));
    canvas.addEventListener('dblclick', event => this.zoomBlock(this.pointAt(event)));
    frame.addEventListener('keydown', event => this.onKey(event));
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  /** Shows something else at the same place. */
  show(scene: Scene): void {
    this.scene = scene;
    this.redraw();
  }

  /** Draws again, soon; once however often it is asked. */
  redraw(): void {
    this.asked ||= requestAnimationFrame(() => this.draw());
  }

  /** Draws at once, as for the printer. */
  draw(): void {
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    if (this.scene && this.canvas.clientWidth > 0) drawMap(this.canvas, this.scene, this.view, this.cursorBlock());
  }

  /** The address that the cursor is at. */
  get word(): number {
    return wordAt(this.cursor);
  }

  /** The prefix of the smallest block that fills what is seen, even and at most 26. */
  get prefix(): number {
    return Math.max(0, Math.min(26, 2 * Math.floor(16 - Math.log2(this.view.side))));
  }

  /** Shows a block as large as it fits, with the cursor on its first address. */
  showBlock(block: Cidr): void {
    const { x, y, width, height } = rectangleOf(block);
    const side = Math.max(width, height, NEAREST);
    this.cursor = pointOf(block.words[0]!);
    // What is smaller than a whole square is seen with what is around it.
    this.look({ x: x + width / 2 - side / 2, y: y + height / 2 - side / 2, side });
    this.events.point(this.word, true);
  }

  /** Puts the cursor on an address, and makes sure that it is seen. */
  pointTo(word: number): void {
    this.cursor = pointOf(word);
    this.follow();
    this.events.point(word, true);
  }

  /** Zooms at the cursor, or at the middle where the cursor is not seen: in with a factor above 1, out below. */
  zoom(factor: number): void {
    const { x, y, side } = this.view;
    this.zoomAt(this.isSeen(this.cursor) ? this.cursor : { x: x + side / 2, y: y + side / 2 }, factor);
  }

  /** Shows everything. */
  reset(): void {
    this.look(WHOLE);
  }

  /** Zooms so that the block around a point which is next in size of /8, /16, /24 and /32 fills the map. */
  zoomBlock(point: Point): void {
    const next = [8, 16, 24].find(prefix => prefix > this.prefix) ?? 26;
    const words = Uint32Array.of(wordAt(point) & (0xffffffff << (32 - next)));
    this.cursor = point;
    const { x, y, width } = rectangleOf({ family: 4, words, prefix: next });
    this.look({ x, y, side: Math.max(width, NEAREST) });
    this.events.point(this.word, true);
  }

  private look({ x, y, side }: View): void {
    const most = Math.min(SIDE, Math.max(NEAREST, side));
    const within = (at: number) => Math.min(Math.max(0, at), SIDE - most);
    this.view = { x: within(x), y: within(y), side: most };
    this.redraw();
    this.events.move();
  }

  private zoomAt({ x, y }: Point, factor: number): void {
    const { view } = this;
    const side = Math.min(SIDE, Math.max(NEAREST, view.side / factor));
    const keep = side / view.side;
    this.look({ x: x - (x - view.x) * keep, y: y - (y - view.y) * keep, side });
  }

  private isSeen({ x, y }: Point): boolean {
    const { view } = this;
    return x >= view.x && y >= view.y && x < view.x + view.side && y < view.y + view.side;
  }

  /** Moves what is seen as far as the cursor is outside. */
  private follow(): void {
    const { x, y, side } = this.view;
    const step = this.step();
    const moved = (from: number, at: number) =>
      Math.min(from, at - (at % step)) + Math.max(0, at + step - (from + side));
    if (this.isSeen(this.cursor)) this.redraw();
    else this.look({ x: moved(x, this.cursor.x), y: moved(y, this.cursor.y), side });
  }

  /** The side of the block that the cursor stands for, a power of two. */
  private step(): number {
    return Math.max(1, 2 ** Math.floor(Math.log2(this.view.side / STEPS)));
  }

  private cursorBlock(): Rectangle {
    const side = this.step();
    const { x, y } = this.cursor;
    return { x: x - (x % side), y: y - (y % side), width: side, height: side };
  }

  private pointAt({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    const box = this.canvas.getBoundingClientRect();
    const { x, y, side } = this.view;
    const along = (at: number, from: number, size: number, start: number) =>
      Math.floor(Math.min(Math.max(0, start + ((at - from) / size) * side), SIDE - 1));
    return { x: along(clientX, box.left, box.width, x), y: along(clientY, box.top, box.height, y) };
  }

  private onWheel(event: WheelEvent): void {
    // Without a key the wheel scrolls the page, unless the map was chosen.
    if (!event.ctrlKey && !event.metaKey && !this.frame.contains(document.activeElement)) return;
    event.preventDefault();
    this.zoomAt(this.pointAt(event), 2 ** (-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0025)));
  }

  private onDown(event: PointerEvent): void {
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 1) this.dragged = 0;
    this.canvas.setPointerCapture(event.pointerId);
  }

  private onMove(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') this.events.point(wordAt(this.pointAt(event)), false);
      return;
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    this.dragged += Math.abs(dx) + Math.abs(dy);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.dragged < DRAG) return;
    const [other] = others;
    if (other) {
      const far = (at: { x: number; y: number }) => Math.hypot(at.x - other.x, at.y - other.y) || 1;
      const middle = this.pointAt({ clientX: (event.clientX + other.x) / 2, clientY: (event.clientY + other.y) / 2 });
      this.zoomAt(middle, far({ x: event.clientX, y: event.clientY }) / far(before));
    } else {
      const unit = this.view.side / this.canvas.clientWidth;
      this.look({ ...this.view, x: this.view.x - dx * unit, y: this.view.y - dy * unit });
    }
  }

  private onUp(event: PointerEvent): void {
    const wasDown = this.pointers.delete(event.pointerId);
    if (event.type !== 'pointerup' || !wasDown || this.dragged >= DRAG) return;
    this.cursor = this.pointAt(event);
    this.redraw();
    this.events.point(this.word, true);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.press(event.key, event.shiftKey)) return;
    event.preventDefault();
  }

  /** Does what a key asks for; answers whether it asks for anything. */
  private press(key: string, far: boolean): boolean {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (move) this.moveCursor(move[0]!, move[1]!, far ? 4 : 1);
    else if (key === '+' || key === '=') this.zoom(2);
    else if (key === '-' || key === '_') this.zoom(0.5);
    else if (key === '0' || key === 'Home') this.reset();
    else if (key === 'Enter') this.zoomBlock(this.cursor);
    else if (key === 'Escape' || key === 'Backspace') this.outwards();
    else return false;
    return true;
  }

  private moveCursor(dx: number, dy: number, times: number): void {
    const step = this.step();
    const { x, y } = this.cursorBlock();
    const moved = (from: number, by: number) => Math.min(Math.max(0, from + by * times * step), SIDE - step);
    const word = wordAt({ x: moved(x, dx), y: moved(y, dy) });
    this.cursor = pointOf(word - (word % (step * step)));
    this.follow();
    this.events.point(this.word, true);
  }

  /** Shows the block of /24, /16, /8 or all that is next in size, around the cursor. */
  private outwards(): void {
    const next = [24, 16, 8].find(prefix => prefix < this.prefix);
    if (next === undefined) {
      this.reset();
      return;
    }
    const words = Uint32Array.of(this.word & (0xffffffff << (32 - next)));
    const { x, y, width } = rectangleOf({ family: 4, words, prefix: next });
    this.look({ x, y, side: width });
  }
}
