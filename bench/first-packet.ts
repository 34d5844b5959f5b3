import type { TestNode } from '../test/agent/node-lab';

/** A pod that sends. */
export interface Flows {
  /** Sends some flows of one packet each; answers the nanoseconds of one. */
  readonly send: () => number;
  readonly stop: () => void;
}

const FLOWS = 600;

/**
 * Packets to ports that no packet was sent to before, each of which the node forwards and gives a source. The time is
 * that of the call that sends: the kernel takes a packet over such a link in the same breath.
 */
const SEND = `
  use Socket; use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
  my ($host, $first, $count) = @ARGV;
  socket(my $s, PF_INET, SOCK_DGRAM, 0) or die; bind($s, pack_sockaddr_in(4000, INADDR_ANY)) or die;
  my @to = map { pack_sockaddr_in($first + $_, inet_aton($host)) } 0 .. $count - 1;
  my $start = clock_gettime(CLOCK_MONOTONIC);
  send($s, 'x', 0, $_) for @to;
  printf "%.0f\\n", (clock_gettime(CLOCK_MONOTONIC) - $start) / $count * 1e9;`;

/** A pod behind a node, and an outside that takes packets and says nothing. */
const SETUP = `
  unshare -n sh -c 'echo $$ > pod; exec sleep 100000' &
  while ! [ -s pod ]; do sleep 0.01; done
  sysctl -qw net.ipv4.ip_forward=1
  ip link add to-pod type veth peer name eth0 netns $(cat pod)
  ip link add out type veth peer name outside netns $(cat pod)
  ip addr add 10.0.0.1/31 dev to-pod && ip link set to-pod up
  ip addr add 192.0.2.1/24 dev out && ip link set out up
  inside() { nsenter -t $(cat pod) -n "$@"; }
  inside ip addr add 10.0.0.0/31 dev eth0 && inside ip link set eth0 up && inside ip link set outside up
  inside ip route add default via 10.0.0.1
  mac=$(inside ip -o link show outside | sed 's/.* link\\/ether \\([^ ]*\\) .*/\\1/')
  ip route add 198.51.100.0/24 via 192.0.2.2 && ip neigh add 192.0.2.2 lladdr "$mac" dev out nud permanent`;

/** Makes a pod on a node. Each call takes ports of its own, so that every packet begins a flow. */
export function flowsThrough(node: TestNode): Flows {
  node.sh(`{ ${SETUP}\n } >/dev/null 2>&1 </dev/null`);
  let next = 0;
  const send = (): number => {
    const host = `198.51.100.${1 + Math.floor(next / 100)}`;
    const port = 1000 + (next % 100) * FLOWS;
    next++;
    return Number(node.sh(`nsenter -t $(cat pod) -n perl - ${host} ${port} ${FLOWS}`, SEND));
  };
  return { send, stop: () => void node.sh('kill $(cat pod)') };
}
