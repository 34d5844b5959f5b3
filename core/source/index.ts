export { type Part, type SourceDocument, YamlDocument } from './document';
export { embeddedText } from './embedded';
export { DEFAULT_LIMITS, type Limits, type ParsedSource, parseSource, parseText } from './parse';
export { plainDocument } from './plain';
export { SourceText } from './text';
