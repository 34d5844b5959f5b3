import { App } from './app';
import { byId } from './dom';

declare global {
  interface Window {
    /** The page, for the browser's console: `masq.explain('10.0.0.1')`. */
    masq: App;
  }
}

document.documentElement.classList.add('js');
window.masq = new App(JSON.parse(byId('data').textContent!));
performance.mark('masq-ready');
