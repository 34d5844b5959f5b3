export { addOutput, commitOutput } from './commit';
export { compareOutput, foreignManifests } from './compare';
export { deletedText } from './deleted';
export { OutputError, type OutputFs } from './file-system';
export type { OutputChange, OutputPlan } from './plan';
export { staleText } from './stale';
