import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { kernelMap } from '../../core/dataplane/kernel-map';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';
import { nftTableText, nftDeltaText, preservedSet } from '../../core/dataplane/nft-text';
import { planRules } from '../../core/dataplane/plan';
import { agentTreatment } from '../../core/treatment/agentfile';
import { sameTreatment } from '../../core/treatment/treatment';
import { cidr, formatAddress } from '../../core/address';
const config = { masqLinkLocal: false, masqLinkLocalIPv6: true, nonMasqueradeCIDRs: ['10.0.0.0/8','10.0.0.0/9', '240.0.0.0/4', '1.2.3.4/32', 'fd00::/8', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128', '0.0.0.0/32'].map(cidr) };
test.each([[[]], [['--enable-ipv6']], [['--enable-ipv6', '--to-ports=1024-29999,32768-65535']], [['--to-ports=5000', '--random-fully=false']]])('%s', args => {
  const { flags } = parseAgentFlags(args);
  const plan = planRules(config, flags);
  const text = plan.families.map(f => nftTableText(plan, f)).join('');
  const out = execFileSync('unshare', ['-n', 'sh', '-c', 'nft -f - && nft -j list ruleset'], { input: text, env: { PATH: '/usr/sbin:/usr/bin:/bin' } }).toString();
  for (const f of plan.families) {
    const read = readNftRuleset(f.family, JSON.parse(out))!;
    const map = kernelMap(read.ruleset, { sets: read.sets });
    const diff = agentTreatment(config, flags).base[f.family].firstDifference(map, (a, b) => b.treatment !== undefined && sameTreatment(a.treatment, b.treatment));
    expect(diff && `${formatAddress(diff.address)} ${JSON.stringify(diff.left)} ${JSON.stringify(diff.right)}`).toBe(undefined);
    expect(read.sets.get(`${f.family===4?'ip':'ip6'} masq-agent preserved`)!.equals(preservedSet(f))).toBe(true);
  }
});
