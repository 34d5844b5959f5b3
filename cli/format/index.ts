import type { Format } from './names';
import type { Formatter } from './report';
import { textFormatter } from './text';

export { FORMATS, type Format } from './names';
export type { FormatOptions, Formatter, Report } from './report';

/** The formatter of a format. Only the one that is asked for is loaded; text is there at once. */
export function formatter(format: Format): Formatter | Promise<Formatter> {
  switch (format) {
    case 'text':
      return textFormatter;
    case 'json':
      return import('./json.js').then(module => module.jsonFormatter);
    case 'github':
      return import('./github.js').then(module => module.githubFormatter);
    case 'sarif':
      return import('./sarif.js').then(module => module.sarifFormatter);
    case 'junit':
      return import('./junit.js').then(module => module.junitFormatter);
  }
}
