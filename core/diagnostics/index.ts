export * from './diagnostic';
export { findRule, noRule } from './find-rule';
export * from './rules';
export { andList, orList, suggest } from './suggest';
