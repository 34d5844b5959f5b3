import { savedAddress } from './iptables-address';
import { type FamilyPlan, type PortRange, portsText, type RulePlan, WITH_PORTS } from './plan';

const LOCAL_COMMENT = 'ip-masq-agent: local traffic is not subject to MASQUERADE';
const LAST_COMMENT = 'ip-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)';

/** The comment of every rule that leads to a chain of ip-masq-agent, with its `--comment`. */
export function jumpComment(chain: string): string {
  const text = `ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom ${chain} chain`;
  return `-m comment --comment "ip-masq-agent: ${text}"`;
}

/** The rule that leads from POSTROUTING into the agent's chain, as iptables-save prints it behind `-A POSTROUTING `. */
export function jumpRule(chain: string): string {
  return `${jumpComment(chain)} -m addrtype ! --dst-type LOCAL -j ${chain}`;
}

/** The rules of the agent's chain, as iptables-save prints them behind `-A CHAIN `. */
export function chainRules(plan: FamilyPlan): string[] {
  const comment = (text: string): string => `-m comment --comment "${text}"`;
  const random = plan.randomFully ? ' --random-fully' : '';
  const preserved = plan.preserved.map(block => {
    const destination = block.prefix === 0 ? '' : `-d ${savedAddress(block)}/${block.prefix} `;
    return `${destination}${comment(LOCAL_COMMENT)} -j RETURN`;
  });
  const limited = WITH_PORTS.flatMap(protocol =>
    plan.toPorts.map(range => {
      const ports = ` --to-ports ${portsText(range)}`;
      return `-p ${protocol} ${comment(LAST_COMMENT)}${chance(range)} -j MASQUERADE${ports}${random}`;
    }),
  );
  return [...preserved, ...limited, `${comment(LAST_COMMENT)} -j MASQUERADE${random}`];
}

/** How likely a range is to be chosen. The last one takes the rest. */
function chance({ first, last, outOf }: PortRange): string {
  const size = last - first + 1;
  return size === outOf ? '' : ` -m statistic --mode random --probability ${probabilityText(size / outOf)}`;
}

/**
 * A probability as iptables-save prints it: what the kernel keeps of it, 31 bits, with 11 decimals. A value between two
 * of them (an odd multiple of 1/4096) goes to the even one, as C's printf rounds; toFixed goes up.
 */
export function probabilityText(probability: number): string {
  const kept = Math.round(probability * 2 ** 31);
  const text = (kept / 2 ** 31).toFixed(11);
  const between = kept % 2 ** 20 === 2 ** 19;
  const last = Number(text.at(-1));
  return between && last % 2 === 1 ? `${text.slice(0, -1)}${last - 1}` : text;
}

/**
 * Text for `iptables-restore --noflush`: one transaction that fills the agent's chain and, with `jump`, leads to it. The
 * chain's line empties it, so nobody ever sees it half filled, and other chains stay as they are.
 */
export function restoreText(plan: RulePlan, family: FamilyPlan, { jump }: { readonly jump: boolean }): string {
  return [
    '*nat',
    `:${plan.chain} - [0:0]`,
    ...chainRules(family).map(rule => `-A ${plan.chain} ${rule}`),
    ...(jump ? [`-A POSTROUTING ${jumpRule(plan.chain)}`] : []),
    'COMMIT',
    '',
  ].join('\n');
}
