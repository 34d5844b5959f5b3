import type { Formatter } from './report';
import { textFormatter } from './text';

export type { FormatOptions, Formatter, Report } from './report';

/** The formats in which findings are written. */
export const FORMATS = ['text', 'json', 'github', 'sarif', 'junit'] as const;

/** The name of a format. */
export type Format = (typeof FORMATS)[number];

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
