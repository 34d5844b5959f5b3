export type { Extent } from './align';
export type { ListItem, ListLayout, Part, SourceDocument } from './document';
export { embeddedText } from './embedded';
export { DEFAULT_LIMITS, type Limits } from './limits';
export { type ParsedSource, parseSource, parseText } from './parse';
export { plainDocument } from './plain';
export { SourceText } from './text';
