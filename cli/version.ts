import { version as own } from '../package.json';

/** masq's own version. */
export const version: string = own;
