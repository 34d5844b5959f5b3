export * from './diagnostic';
export * from './rules';
export { orList, suggest } from './suggest';
