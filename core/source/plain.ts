import type { Location } from '../diagnostics';
import type { SourceDocument } from './document';
import { SourceText } from './text';

/**
 * Data that has no text of its own, such as a construct's props, as a document: findings on it carry the way to the
 * value and whatever place the caller gives to the whole.
 * @param place where the data comes from: a file with its place, or a construct
 * @param source what stands for the missing text; documents that came together share one
 */
export function plainDocument(value: unknown, place: string | Location, source?: SourceText): SourceDocument {
  const whole: Location = typeof place === 'string' ? { file: place } : place;
  const at: SourceDocument['at'] = path => ({ ...whole, path });
  return {
    source: source ?? new SourceText(whole.file ?? '', ''),
    index: 0,
    value,
    at,
    written: () => undefined,
    comment: () => undefined,
    extent: () => undefined,
    list: () => undefined,
    within: path => at(path),
  };
}
