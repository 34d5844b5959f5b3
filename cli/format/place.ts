import type { Location, ValuePath } from '../../core/diagnostics';

/** A place as people write it: `file:line:col`, `file`, `[construct/path]`, a file and a construct, or empty. */
export function describePlace(at: Location): string {
  const file = describeFile(at);
  const construct = at.construct === undefined ? '' : `[${at.construct}]`;
  return [file, construct].filter(part => part !== '').join(' ');
}

function describeFile({ file, range }: Location): string {
  if (file === undefined) return '';
  return range === undefined ? file : `${file}:${range.start.line}:${range.start.column}`;
}

/** A value's way inside its document as people write it: `spec.policies[0].to`, odd keys in quotes. */
export function describePath(path: ValuePath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
