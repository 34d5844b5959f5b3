import type { ValuePath } from '../diagnostics';

/** A way into a document as people write it: `spec.masquerade.preserve[0]`; the document itself for an empty way. */
export function pathText(path: ValuePath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `["${step}"]`;
  }
  return text === '' ? 'the document' : text;
}

/** The steps of a JSON pointer (RFC 6901), numbers where the data has a list. */
export function pointerPath(pointer: string, data: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let value = data;
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replace(/~1/g, '/').replace(/~0/g, '~');
    const key = Array.isArray(value) ? Number(step) : step;
    path.push(key);
    value = child(value, key);
  }
  return path;
}

/** The value at the end of a way, or undefined. */
export function valueAt(data: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(child, data);
}

function child(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}
