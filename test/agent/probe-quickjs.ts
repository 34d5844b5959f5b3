import { quickjs } from '../../agent/platform/quickjs';
import { start } from '../../agent/platform/start';
import { main } from './probe';

start(quickjs, main);
