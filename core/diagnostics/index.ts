export * from './diagnostic';
export * from './rules';
export { andList, orList, suggest } from './suggest';
