import { relative } from 'node:path';

/** The line behind the one that calls this, as findings name it: `test/constructs/x.test.ts:12`. */
export function nextLine(): string {
  const [, file, line] = /\((?:file:\/\/)?(\/.*?):(\d+):\d+\)|$/.exec(callerFrame())!;
  return `${relative(process.cwd(), file ?? '')}:${Number(line) + 1}`;
}

function callerFrame(): string {
  const frames = (new Error().stack ?? '').split('\n').filter(frame => frame.includes('.test.ts'));
  return frames[0]!.replace(/at (?!.*\()(.*)$/, 'at ($1)');
}
