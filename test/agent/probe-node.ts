import { node } from '../../agent/platform/node';
import { start } from '../../agent/platform/start';
import { main } from './probe';

start(node, main);
