import { faultWords } from './fault-words';
import { whyNotAlive, whyNotReady } from './health';
import { Log } from './log';
import type { Options } from './options';
import type { Platform } from './platform/platform';
import { METRICS_FILE } from './state';

/** What one connection may cost. */
const LIMITS = { timeout: 5000, limit: 8192, connections: 32 };

/** As Prometheus wants it; from version 3 on it refuses metrics without. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const PLAIN = 'text/plain; charset=utf-8';

const REASONS = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  503: 'Service Unavailable',
} as const;

/** The page that answers as long as the server does, however the agent is. */
const PAGES = 'there are /metrics, /healthz and /readyz\n';

/** What somebody is told. */
interface Answer {
  readonly status: keyof typeof REASONS;
  readonly type?: string;
  readonly body: string;
}

/**
 * `masq-agent serve`: tells others by HTTP what the agent beside it wrote to the state folder: /metrics, /healthz and
 * /readyz. It needs no rights, and none of the agent's files but those that everybody may read.
 */
export async function serve(platform: Platform, { listen, stateFolder, logFormat }: Options): Promise<number> {
  const log = new Log(platform, logFormat);
  for (const signal of ['TERM', 'INT'] as const) platform.onSignal(signal, () => platform.exit(0));
  const { address, port } = listen;
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const answer = (written: string): string | undefined => responseTo(platform, stateFolder, written);
  const fault = await platform.serve({ ...LIMITS, address, port }, answer);
  if (fault) {
    log.tell({ event: 'failed', level: 'error', message: `cannot listen on ${where}: ${faultWords(fault.code)}` });
    return 1;
  }
  log.tell({ event: 'serve', message: `serves /metrics, /healthz and /readyz on http://${where}` });
  return new Promise(() => {});
}

/** The response to a request, once its head has come in full. */
function responseTo(platform: Platform, folder: string, written: string): string | undefined {
  const line = /^([^\r\n]*)\r?\n(?:[\s\S]*?\n)?\r?\n/.exec(written)?.[1];
  if (line === undefined) return undefined;
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === undefined || target === undefined) return response({ status: 400, body: 'this is no request\n' });
  if (method !== 'GET' && method !== 'HEAD') return response({ status: 405, body: 'GET and HEAD alone are allowed\n' });
  const answer = answerTo(platform, folder, target.replace(/\?.*/, ''));
  return response(answer, method === 'HEAD');
}

function answerTo(platform: Platform, folder: string, path: string): Answer {
  switch (path) {
    case '/':
      return { status: 200, body: PAGES };
    case '/healthz':
      return health(whyNotAlive(platform, folder));
    case '/readyz':
      return health(whyNotReady(platform, folder));
    case '/metrics':
      return metrics(platform, folder);
    default:
      return { status: 404, body: PAGES };
  }
}

function health(why: string | undefined): Answer {
  return why === undefined ? { status: 200, body: 'ok\n' } : { status: 503, body: `${why}\n` };
}

/** What a dead agent wrote last is not how things stand: Prometheus is to see that it is down. */
function metrics(platform: Platform, folder: string): Answer {
  const dead = whyNotAlive(platform, folder);
  if (dead !== undefined) return { status: 503, body: `${dead}\n` };
  const read = platform.readFile(`${folder}/${METRICS_FILE}`, 2 ** 20);
  if (read.ok) return { status: 200, type: METRICS_TYPE, body: read.text };
  return { status: 503, body: `the metrics cannot be read: ${read.fault.code}\n` };
}

function response({ status, type = PLAIN, body }: Answer, withoutBody = false): string {
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    ...(status === 405 ? ['Allow: GET, HEAD'] : []),
    `Content-Type: ${type}`,
    `Content-Length: ${utf8Length(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${withoutBody ? '' : body}`;
}

/** How many bytes a text has as UTF-8, in which half a surrogate pair is written as U+FFFD. */
function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
