import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { UserNamespace } from './host';
import { Node, Outside, Router } from './machines';

/**
 * A cluster's network in namespaces of this machine, IPv4 and IPv6:
 *
 *     pods ─ node ─┐
 *     pods ─ node ─┴─ router ─── outside hosts
 *
 * Addresses have roles: nodes are in 192.168.1.0/24 and fd00:192:168:1::/64, their pods in 10.244.0.0/16 and
 * fd00:10:244::/48, and outside hosts in the ranges that they are given. Every host answers at port 7777 of TCP and UDP,
 * and to pings, with the source that it saw.
 *
 * Nothing outside of the lab is touched, and nothing of it is left when the process that opened it ends, however it ends.
 * A user who is not root becomes root in a user namespace.
 */
export class Lab {
  private readonly nodes: Node[] = [];
  private readonly outsides: Outside[] = [];
  private numbers = 0;

  private constructor(
    /** What all nodes are connected to. */
    readonly router: Router,
    private readonly user: UserNamespace | undefined,
  ) {}

  /** Makes one without nodes and outside hosts. */
  static async open(): Promise<Lab> {
    const user = process.getuid?.() === 0 ? undefined : await openUserNamespace();
    return new Lab(await Router.create(user), user);
  }

  /** Adds a node. Nodes know each other's pods. */
  async addNode(): Promise<Node> {
    const node = await Node.create(++this.numbers, this.router, this.user);
    for (const other of this.nodes) {
      node.knows(other);
      other.knows(node);
    }
    this.nodes.push(node);
    return node;
  }

  /** Ends a node, as a crash does. */
  async removeNode(node: Node): Promise<void> {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    await node.close();
  }

  /** Adds a host outside of the cluster, to which every address of these ranges belongs. */
  async addOutside(name: string, ranges: readonly string[]): Promise<Outside> {
    const outside = await Outside.create(name, ranges, this.user);
    this.router.attachOutside(outside);
    this.outsides.push(outside);
    return outside;
  }

  /** Ends everything that is in it. */
  async close(): Promise<void> {
    await Promise.all([...this.nodes, ...this.outsides, this.router].map(host => host.close()));
    this.user?.kill('SIGKILL');
  }
}

/** A user namespace in which this user is root. Its process ends when this one does: it reads from it. */
async function openUserNamespace(): Promise<UserNamespace> {
  const holder = spawn('unshare', ['-Ur', 'sh', '-c', 'echo ready && exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

/** Whether this machine can have labs, and nodes with these tools. In CI it has to. */
export function hasLab(...tools: readonly string[]): boolean {
  const namespaces = process.getuid?.() === 0 ? '-n' : '-Urn';
  const needed = ['ip', 'nsenter', 'sysctl', 'python3', ...tools].map(tool => `command -v ${tool}`).join(' && ');
  const { status, stderr, error } = spawnSync('unshare', [namespaces, 'sh', '-ec', `${needed} && ip link set lo up`], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    encoding: 'utf8',
  });
  if (status === 0) return true;
  const why = `no network namespaces with ${tools.join(', ')} here: ${error ?? stderr}`;
  if (process.env.CI) throw new Error(why);
  console.warn(`SKIPPED: ${why}; no packets are sent`);
  return false;
}
