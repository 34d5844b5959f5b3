import { formatCidr } from '../../core/address';
import { suggest } from '../../core/diagnostics';
import type { ClusterModel } from '../../core/intent/model';
import type { GatewayNodes, PoolName } from '../../core/target/facts';
import { isGatewayOf } from '../../core/target/gateway';
import { isPoolOf } from '../../core/target/pools';
import { vpcText } from '../cidr-list';
import { pairsText, type TargetOptions } from './options';

/** Finds what a target was told and no cluster needs: most likely a slip, which would change what is rendered unseen. */
export class IdleOptions {
  private readonly names = new Set<string>();
  private readonly egress = new Set<string>();
  private readonly gateways: Set<GatewayNodes>;
  private readonly pools: Set<PoolName>;

  constructor(private readonly options: TargetOptions) {
    const { gateways, pools } = options.facts;
    this.gateways = new Set(gateways);
    this.pools = new Set(pools);
  }

  /** Takes note of a cluster. @param isRendered whether the target is for it */
  see(model: ClusterModel, isRendered: boolean): void {
    this.names.add(model.name);
    if (!isRendered) return;
    const addresses = this.gateways.size === 0 ? [] : (model.egress?.policies ?? []).flatMap(one => one.sourceIP ?? []);
    for (const { address, text } of addresses) {
      this.egress.add(text);
      const { gateways } = this.options.facts;
      const own = gateways.filter(gateway => isGatewayOf(gateway, address));
      for (const gateway of own.length > 0 ? own : gateways.filter(({ ip }) => ip === undefined))
        this.gateways.delete(gateway);
    }
    for (const pool of this.pools) if (isPoolOf(model, pool)) this.pools.delete(pool);
  }

  /** What no cluster needs, each in a line. */
  faults(): string[] {
    const { clusters, facts } = this.options;
    const { names } = this;
    const isUnknown = (name: string | undefined): name is string => name !== undefined && !names.has(name);
    return [
      ...clusters
        .filter(isUnknown)
        .map(name => `--cluster "${name}": no intent is of this cluster${nearText(name, names)}`),
      ...facts.vpc.flatMap(range => {
        const { cluster } = range;
        if (!isUnknown(cluster)) return [];
        return [`--vpc-cidr "${vpcText(range)}": no intent is of cluster "${cluster}"${nearText(cluster, names)}`];
      }),
      ...[...this.gateways].map(({ ip, labels }) =>
        ip === undefined
          ? `--gateway "${pairsText(labels)}": ${this.egress.size === 0 ? 'there is no egress policy' : 'every address of an egress policy has a --gateway of its own'}; leave it out`
          : `--gateway "${ip}=...": no egress policy gives packets this address${nearText(ip, this.egress)}`,
      ),
      ...[...this.pools].map(
        ({ name, cidr }) => `--pool "${name}=${formatCidr(cidr)}": no cluster's pods have addresses of this range`,
      ),
    ];
  }
}

function nearText(word: string, known: ReadonlySet<string>): string {
  const near = suggest(word, known);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}
