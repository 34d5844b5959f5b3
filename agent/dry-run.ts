import { restoreText } from '../core/dataplane/iptables-text';
import { nftText, tableCommands } from '../core/dataplane/nft-text';
import { planRules } from '../core/dataplane/plan';
import type { AgentConfig } from '../core/treatment/agentfile';
import type { Options } from './options';

/** The rules as text that the backend's own tool takes; with `--backend=auto` those of iptables. */
export function planText(config: AgentConfig, { flags, backend }: Options): string {
  const plan = planRules(config, flags);
  return plan.families
    .map(family => {
      if (backend === 'nftables') return `# nft -j -f -\n${nftText(tableCommands(family))}`;
      const tool = family.family === 4 ? 'iptables-restore' : 'ip6tables-restore';
      return `# ${tool} --noflush\n${restoreText(plan, family, { jump: true })}`;
    })
    .join('\n');
}
