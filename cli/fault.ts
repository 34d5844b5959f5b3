import { isOfTheSystem, systemErrorText } from './system-error';
import { version } from './version';

/**
 * Says what ended a run: of the files that it was about in one line; of anything else, which is a fault of masq itself,
 * with the stack and how to report it.
 */
export function faultText(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'OutputError') return oneLine(error.message);
  if (isOfTheSystem(error)) return oneLine(systemErrorText(error));
  const frames = /\n\s+at [\s\S]*/.exec(error.stack ?? '')?.[0] ?? '';
  const report = `This is a fault of masq, not of your files. Please report it with all of the above: masq ${version}, Node ${process.version}.`;
  return `internal fault MQ902: ${error.message}${frames}\n${report}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
