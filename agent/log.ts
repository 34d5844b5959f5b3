import { oneLine } from './one-line';
import type { Platform } from './platform/platform';

/** How grave an event is. */
export type Level = 'info' | 'warning' | 'error';

/** How events are written: one JSON object a line, or one line of words. */
export type LogFormat = 'text' | 'json';

/** What an event says beside its message: numbers and texts by name. */
export type EventFields = Readonly<Record<string, string | number | boolean>>;

/** Something that happened. */
export interface AgentEvent {
  /** What kind of event it is, in one word that never changes: `applied`, `refused`, `drift`. */
  readonly event: string;
  /** What happened, for people: one sentence without a full stop. */
  readonly message: string;
  /** @default info */
  readonly level?: Level;
  /** The same in numbers and texts, for machines. */
  readonly fields?: EventFields;
}

/**
 * Writes events to standard error, each on a line of its own. What is told about one subject is told again only after
 * something else was told about it: a fault that lasts is one line, not one a minute.
 */
export class Log {
  private readonly last = new Map<string, string>();

  constructor(
    private readonly platform: Platform,
    private readonly format: LogFormat,
  ) {}

  /** Tells an event that stands for itself. */
  tell({ event, message, level = 'info', fields }: AgentEvent): void {
    const time = new Date(this.platform.now()).toISOString();
    const line =
      this.format === 'json'
        ? JSON.stringify({ time, level, event, message, ...fields })
        : `${time} ${level} ${event}: ${oneLine(message)}`;
    this.platform.print('err', `${line}\n`);
  }

  /** Tells how things stand with a subject, unless that is what was told of it last. */
  state(subject: string, event: AgentEvent): void {
    const text = `${event.level} ${event.event} ${event.message}`;
    if (this.last.get(subject) === text) return;
    this.last.set(subject, text);
    this.tell(event);
  }

  /** A subject is as it should be again; when the opposite was told of it, this is told as well. */
  settled(subject: string, event: AgentEvent): void {
    if (!this.last.delete(subject)) return;
    this.tell(event);
  }
}
