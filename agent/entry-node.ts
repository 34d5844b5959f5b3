import { main } from './main';
import { node } from './platform/node';
import { start } from './platform/start';

start(node, main);
