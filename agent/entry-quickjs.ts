import { main } from './main';
import { quickjs } from './platform/quickjs';
import { start } from './platform/start';

start(quickjs, main);
