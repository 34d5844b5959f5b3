/** What `masq-agent help` prints. */
export const HELP = `masq-agent: enforces an ip-masq-agent file on a node, and proves from the kernel that it holds

usage: masq-agent [COMMAND] [OPTIONS]

commands
  run            enforce the file, on every change and at each resync (the default)
  check FILE     say what is wrong with a file; exit 0 when it is valid, 1 when it is refused
  status         print what the running agent last saw; exit 0 when it is ready, 1 when it is not
  healthz        for probes: exit 0 while the agent lives; with --ready, while it is ready
  serve          serve /metrics, /healthz and /readyz of the running agent by HTTP
  cleanup        remove all rules that carry ip-masq-agent's comment, of both families and every backend
  version        print the version

options of run
  --config=FILE                  the file [/etc/config/ip-masq-agent]
  --once                         one reconcile; exit 0 if the kernel then provably does what the file says, else 1
  --dry-run                      print the rules that the file asks for, change nothing
  --backend=auto|iptables|nftables
                                 auto: as kube-proxy and the kubelet of the node [auto]
  --unknown-keys=refuse|warn     what to make of keys that the file should not have [refuse]
  --log-format=text|json         one line an event, to standard error [text]
  --listen=ADDRESS:PORT          where serve listens [127.0.0.1:9797]
  --state-dir=DIR                where state, metrics and the last good file go [/run/masq-agent]

options of ip-masq-agent
  --masq-chain=NAME              the chain of the nat table that the agent owns [IP-MASQ-AGENT]
  --enable-ipv6[=false]          write rules for IPv6 too [false]
  --nomasq-all-reserved-ranges   the built-in list has eleven ranges instead of three [false]
  --random-fully[=false]         randomise source ports fully [true]
  --to-ports=FIRST-LAST[,...]    source ports of masqueraded packets [the kernel's choice]
  those of its logging (--v, --logtostderr, ...) are taken and do nothing

exit codes: 0 done; 1 the file was refused, or rules could not be written or proven; 2 wrong usage or a fault
`;
