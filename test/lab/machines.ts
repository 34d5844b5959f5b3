import { type Both, FAMILIES } from '../../core/address';
import { Host, type UserNamespace } from './host';

/** Every address. */
const ALL: Both<string> = { 4: '0.0.0.0/0', 6: '::/0' };

/** How long the prefixes of networks are. */
const PREFIX: Both<number> = { 4: 24, 6: 64 };

/** The router's address on the links to outside hosts, and theirs: they have no network of their own. */
const [ROUTER_END, OUTSIDE_END] = ['fe80::1', 'fe80::2'] as const;

/** Commands that make a cable to another host's `eth0`, which that host has to switch on. */
function cable(device: string, other: Host): string[] {
  return [`link add ${device} type veth peer name eth0 netns ${other.pid}`, `link set ${device} up`];
}

/** Makes a bridge. One without an address of its own would change it with its ports, and neighbours would not know. */
function bridge(name: string): string {
  return `link add ${name} up address 02:00:00:00:00:01 type bridge mcast_snooping 0`;
}

function forward(host: Host): void {
  host.exec(['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
}

/** The middle of a lab: its bridge `nodes` is the one network that all nodes are on, and it leads to outside hosts. */
export class Router extends Host {
  /** Its addresses on the nodes' network. */
  readonly addresses: Both<string> = { 4: '192.168.1.1', 6: 'fd00:192:168:1::1' };
  private outsides = 0;

  /** Starts it. */
  static async create(user: UserNamespace | undefined): Promise<Router> {
    const router = await new Router('router', Host.start(user), user).begin();
    forward(router);
    router.ip(
      bridge('nodes'),
      `address add ${router.addresses[4]}/${PREFIX[4]} dev nodes`,
      `address add ${router.addresses[6]}/${PREFIX[6]} dev nodes`,
      `address add ${ROUTER_END}/64 dev nodes`,
    );
    return router;
  }

  /** Puts a node's `eth0` on the nodes' network, and sends packets to its pods there. */
  attach(node: Node): void {
    const port = `node${node.number}`;
    this.ip(
      ...cable(port, node),
      `link set ${port} master nodes`,
      ...FAMILIES.map(family => `route add ${node.podRange[family]} via ${node.addresses[family]} dev nodes`),
    );
  }

  /** Puts a host outside of the nodes' network, with its `eth0` at a link of its own. */
  attachOutside(outside: Outside): void {
    const port = `outside${++this.outsides}`;
    this.ip(
      ...cable(port, outside),
      `address add ${ROUTER_END}/64 dev ${port}`,
      ...outside.ranges.map(range => `route add ${range} via inet6 ${OUTSIDE_END} dev ${port}`),
    );
    outside.ip(
      'link set eth0 up',
      `address add ${OUTSIDE_END}/64 dev eth0`,
      ...FAMILIES.map(family => `route add ${ALL[family]} via inet6 ${ROUTER_END} dev eth0`),
    );
  }
}

/** A host outside of the cluster. Every address of its ranges is its own. */
export class Outside extends Host {
  /** The ranges. */
  ranges: readonly string[] = [];

  /** Starts it. */
  static async create(name: string, ranges: readonly string[], user: UserNamespace | undefined): Promise<Outside> {
    const outside = await new Outside(name, Host.start(user), user).begin();
    outside.ranges = ranges;
    outside.ip(...ranges.map(range => `route add local ${range} dev lo`));
    return outside;
  }
}

/** A node of the cluster: pods are behind its bridge `pods`, and `eth0` is on the nodes' network. */
export class Node extends Host {
  /** The pods that were added. */
  readonly pods: Pod[] = [];

  private constructor(
    /** A number of its own, from 1; its addresses are made of it. */
    readonly number: number,
    private readonly belongsTo: UserNamespace | undefined,
  ) {
    super(`node${number}`, Host.start(belongsTo), belongsTo);
  }

  /** Its addresses on the nodes' network. */
  get addresses(): Both<string> {
    return { 4: `192.168.1.${this.number + 10}`, 6: `fd00:192:168:1::${this.number + 10}` };
  }

  /** The ranges of its pods. */
  get podRange(): Both<string> {
    return { 4: `10.244.${this.number}.0/24`, 6: `fd00:10:244:${this.number}::/64` };
  }

  /** Its addresses on its bridge, which pods have as their gateway. */
  get gateway(): Both<string> {
    return this.podAddresses(1);
  }

  /** Starts it, on the router's network. */
  static async create(number: number, router: Router, user: UserNamespace | undefined): Promise<Node> {
    const node = await new Node(number, user).begin();
    forward(node);
    router.attach(node);
    node.ip(
      'link set eth0 up',
      bridge('pods'),
      ...FAMILIES.flatMap(family => [
        `address add ${node.addresses[family]}/${PREFIX[family]} dev eth0`,
        `address add ${node.gateway[family]}/${PREFIX[family]} dev pods`,
        `route add ${ALL[family]} via ${router.addresses[family]} dev eth0`,
      ]),
    );
    return node;
  }

  /** Starts a pod on it. */
  async addPod(): Promise<Pod> {
    const number = this.pods.length + 1;
    const pod = await Pod.create(`${this.name}-pod${number}`, this.podAddresses(number + 1), this.belongsTo);
    this.pods.push(pod);
    const port = `pod${number}`;
    this.ip(...cable(port, pod), `link set ${port} master pods`);
    pod.ip(
      'link set eth0 up',
      ...FAMILIES.flatMap(family => [
        `address add ${pod.addresses[family]}/${PREFIX[family]} dev eth0`,
        `route add ${ALL[family]} via ${this.gateway[family]} dev eth0`,
      ]),
    );
    return pod;
  }

  /** Sends packets to another node's pods straight to that node. */
  knows(other: Node): void {
    this.ip(...FAMILIES.map(family => `route add ${other.podRange[family]} via ${other.addresses[family]} dev eth0`));
  }

  /** Ends it and its pods. */
  override async close(): Promise<void> {
    await Promise.all(this.pods.map(pod => pod.close()));
    await super.close();
  }

  private podAddresses(last: number): Both<string> {
    return { 4: `10.244.${this.number}.${last}`, 6: `fd00:10:244:${this.number}::${last}` };
  }
}

/** A pod: its `eth0` is at its node's bridge. */
export class Pod extends Host {
  private constructor(
    name: string,
    /** Its addresses. */
    readonly addresses: Both<string>,
    user: UserNamespace | undefined,
  ) {
    super(name, Host.start(user), user);
  }

  /** Starts it. */
  static create(name: string, addresses: Both<string>, user: UserNamespace | undefined): Promise<Pod> {
    return new Pod(name, addresses, user).begin();
  }
}
