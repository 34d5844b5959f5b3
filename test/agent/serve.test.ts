import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runs } from '../random';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

const root = mkdtempSync(join(tmpdir(), 'masq-serve-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const METRICS = '# HELP x Größe\n# TYPE x gauge\nx 1\n';

/** What an address has to look like. */
const FORM = 'write an address and a port, such as 127.0.0.1:9797, 0.0.0.0:9797 or [::1]:9797';

describe.each(RUNTIMES)('masq-agent serve on %s', runtime => {
  describe.runIf(isBuildable(runtime))('', () => {
    let program: readonly string[];
    let folder: string;
    let server: Server;

    beforeAll(async () => {
      mkdirSync(join(root, runtime));
      program = await buildProgram(runtime, 'agent/entry', join(root, runtime));
    });
    beforeEach(async () => {
      folder = mkdtempSync(join(root, 'state-'));
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, 'metrics'), METRICS);
      writeFileSync(join(folder, 'heartbeat'), '');
      beatAgo(0);
      writeState({ ready: true, verdict: 'enforced', message: '' });
      server = await Server.start(program, folder);
    });
    afterEach(() => server.stop());

    function writeState(state: object): void {
      const config = { path: '/f', valid: true, source: 'file', digest: '', generation: 1, preserved: 1, findings: [] };
      writeFileSync(join(folder, 'state.json'), JSON.stringify({ version: '1', config, counts: {}, ...state }));
    }
    function beatAgo(seconds: number): void {
      const then = Number(process.hrtime.bigint()) / 1e9 - seconds;
      utimesSync(join(folder, 'heartbeat'), then, then);
    }
    /** Status and body of a plain request. */
    async function get(path: string): Promise<string> {
      const [head, body] = split(await server.ask(`GET ${path} HTTP/1.1\r\nHost: node\r\n\r\n`));
      return `${/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]} ${body}`;
    }

    test('metrics have the type that Prometheus wants, and their length in bytes', async () => {
      expect(await server.ask('GET /metrics?a=b HTTP/1.1\r\nHost: node\r\nAccept: */*\r\n\r\n')).toBe(
        [
          'HTTP/1.1 200 OK',
          'Content-Type: text/plain; version=0.0.4; charset=utf-8',
          `Content-Length: ${Buffer.byteLength(METRICS)}`,
          'Connection: close',
          '',
          METRICS,
        ].join('\r\n'),
      );
    });

    test('HEAD is told the same without a body', async () => {
      const [whole] = split(await server.ask('GET /metrics HTTP/1.1\r\n\r\n'));
      expect(await server.ask('HEAD /metrics HTTP/1.0\r\n\r\n')).toBe(`${whole}\r\n\r\n`);
    });

    test('an agent that lives and is ready', async () => {
      expect([await get('/healthz'), await get('/readyz')]).toEqual(['200 ok\n', '200 ok\n']);
    });

    test('one that is not ready', async () => {
      writeState({ ready: false, verdict: 'refused', message: 'CIDR "10.0.0.1/8" — no' });
      expect(await get('/healthz')).toBe('200 ok\n');
      expect(await get('/readyz')).toBe('503 refused: CIDR "10.0.0.1/8" — no\n');
      expect(await get('/metrics')).toBe(`200 ${METRICS}`);
    });

    test('one that has died leaves nothing that looks well', async () => {
      beatAgo(50);
      expect(await get('/healthz')).toBe('200 ok\n');
      beatAgo(70);
      for (const path of ['/healthz', '/readyz', '/metrics']) {
        expect(await get(path), path).toMatch(/^503 the agent did nothing for 7\d s\n$/);
      }
    });

    test('none that has run yet', async () => {
      rmSync(folder, { recursive: true });
      for (const path of ['/healthz', '/readyz', '/metrics']) {
        expect(await get(path), path).toBe(`503 no agent has run with --state-dir=${folder}\n`);
      }
      // Probes of the server itself ask for this one.
      expect(await get('/')).toBe('200 there are /metrics, /healthz and /readyz\n');
    });

    test('nothing else of the folder or the machine is told', async () => {
      for (const path of ['/state.json', '/last-good', '/../state.json', '/metrics/', '//metrics']) {
        expect(await get(path), path).toMatch(/^404 /);
      }
      expect(await server.ask('POST /metrics HTTP/1.1\r\nContent-Length: 1\r\n\r\nx')).toMatch(
        /^HTTP\/1\.1 405 .*\r\nAllow: GET, HEAD\r\n/,
      );
      expect(await server.ask('GET /metrics\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      expect(await server.ask('\x16\x03\x01 hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    });

    test('a request may come byte by byte, and one that is too long ends', async () => {
      const socket = await server.connect();
      for (const byte of 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n') {
        socket.write(byte);
        await new Promise(setImmediate);
      }
      expect(await all(socket)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await server.ask(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).not.toMatch(/ 200 /);
      expect(await get('/healthz')).toBe('200 ok\n');
    });

    test('many that say nothing, that go away or that never read keep nobody waiting', async () => {
      const before = server.descriptors();
      const silent = await Promise.all(Array.from({ length: 40 }, () => server.connect()));
      for (const socket of silent.slice(0, 20)) socket.destroy();
      expect(await get('/healthz')).toBe('200 ok\n');
      expect(server.descriptors()).toBeLessThan(before + 60);
      for (const socket of silent) socket.destroy();
      for (let n = 0; n < 200; n++) expect(await get('/metrics')).toBe(`200 ${METRICS}`);
      expect(server.descriptors()).toBeLessThan(before + 10);
    });

    test('for others the one ends that has said nothing for longest, and no other', async () => {
      const ended: number[] = [];
      const silent: Socket[] = [];
      for (let n = 0; n < 31; n++) {
        silent.push(await server.connect());
        silent[n]!.once('close', () => ended.push(n));
      }
      expect(await get('/healthz')).toBe('200 ok\n');
      const late = [await server.connect(), await server.connect()];
      expect(await get('/healthz')).toBe('200 ok\n');
      expect(ended.length).toBeLessThan(5);
      // Of those that end at one moment, any may be told first.
      expect([...ended].sort((a, b) => a - b)).toEqual(ended.map((_, n) => n));
      expect(ended).toContain(0);
      for (const socket of [...silent, ...late]) socket.destroy();
    });

    test('whatever is written, it goes on serving', async () => {
      const words = fc.constantFrom('GET ', '/metrics', ' HTTP/1.1', '\r\n', '\n', '\r', 'HEAD ', '\0', ' ', 'Ā');
      const text = fc.array(fc.oneof(words, fc.string())).map(parts => parts.join(''));
      await fc.assert(
        fc.asyncProperty(text, async request => {
          const socket = await server.connect();
          socket.end(request);
          await all(socket);
        }),
        { numRuns: runs(300) },
      );
      expect(await get('/healthz')).toBe('200 ok\n');
    });

    test('ends on SIGTERM, and says what is against listening', async () => {
      const { status, stderr } = server.again();
      expect(status).toBe(1);
      expect(stderr).toMatch(
        / error failed: cannot listen on 127\.0\.0\.1:\d+: another program listens there \(EADDRINUSE\)\n$/,
      );
      expect(await server.stop()).toEqual([0, null]);
    });

    test.runIf(process.getuid?.() === 0)('needs no rights, and is not told what is nobody else’s', async () => {
      await server.stop();
      writeFileSync(join(folder, 'last-good'), 'secret', { mode: 0o600 });
      const drop = ['setpriv', '--reuid=65532', '--regid=65532', '--clear-groups', '--bounding-set=-all'];
      // A folder that others may enter, as the node's is.
      for (const path of [root, join(root, runtime)]) chmodSync(path, 0o755);
      server = await Server.start([...drop, '--no-new-privs', ...program], folder);
      expect([await get('/metrics'), await get('/readyz')]).toEqual([`200 ${METRICS}`, '200 ok\n']);
    });

    test.each([
      ['9797', FORM],
      [':9797', FORM],
      ['localhost:9797', FORM],
      ['127.0.0.1', FORM],
      ['[::1:9797', FORM],
      ['::1]:9797', FORM],
      ['127.0.0.1:0', 'a port is a number from 1 to 65535'],
      ['127.0.0.1:65536', 'a port is a number from 1 to 65535'],
    ])('refuses --listen=%s', (text, why) => {
      const { status, stderr } = spawnSync(program[0]!, [...program.slice(1), 'serve', `--listen=${text}`], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: `masq-agent: --listen=${text}: ${why}\n`,
      });
    });

    test.each([
      ['[::1]', '[::1]'],
      ['::1', '[::1]'],
      ['[127.0.0.1]', '127.0.0.1'],
    ])('listens on an address written %s', async (address, told) => {
      await server.stop();
      server = await Server.start(program, folder, address);
      expect(server.log).toContain(`http://${told}:${server.port}\n`);
      expect(await get('/healthz')).toBe('200 ok\n');
    });
  });
});

/** A server that runs beside the test. */
class Server {
  log = '';

  private constructor(
    private readonly command: readonly string[],
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly address: string,
  ) {}

  static async start(program: readonly string[], folder: string, address = '127.0.0.1'): Promise<Server> {
    const host = address.replace(/[[\]]/g, '');
    const port = await freePort(host);
    const command = [...program, 'serve', `--listen=${address}:${port}`, `--state-dir=${folder}`];
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    const server = new Server(command, child, port, host);
    child.stderr.setEncoding('utf8').on('data', text => {
      server.log += text;
    });
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(server.log);
    return server;
  }

  async connect(): Promise<Socket> {
    const socket = connect(this.port, this.address);
    // What is cut off by the server may be an error for who still writes.
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  /** All that is answered to a request. */
  async ask(request: string): Promise<string> {
    const socket = await this.connect();
    socket.write(request);
    return all(socket);
  }

  /** The same once more, at the same address. */
  again(): { status: number | null; stderr: string } {
    return spawnSync(this.command[0]!, this.command.slice(1), { encoding: 'utf8' });
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }

  async stop(): Promise<unknown[]> {
    if (this.child.exitCode !== null) return [this.child.exitCode, null];
    this.child.kill('SIGTERM');
    return once(this.child, 'exit');
  }
}

async function all(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', piece => {
    text += piece;
  });
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve));
  return text;
}

function split(response: string): [head: string, body: string] {
  const at = response.indexOf('\r\n\r\n');
  return [response.slice(0, at), response.slice(at + 4)];
}

async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
