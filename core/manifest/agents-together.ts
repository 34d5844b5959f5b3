import { formatCidr } from '../address';
import { type Diagnostic, diagnostic } from '../diagnostics';
import type { Bundle } from './bundle';
import { type AgentConfigMap, lacksConfig } from './config-map';
import type { AgentDaemonSet } from './daemon-set';
import type { Identities } from './identities';

/** Checks that DaemonSets find the file that they look for in the ConfigMaps beside them. */
export function checkAgents({ daemonSets, configMaps }: Bundle, identities: Identities): Diagnostic[] {
  return daemonSets.flatMap(daemonSet => {
    const beside = configMaps.filter(configMap => identities.together(daemonSet, configMap));
    return agreement(daemonSet, beside);
  });
}

function agreement(daemonSet: AgentDaemonSet, beside: readonly AgentConfigMap[]): Diagnostic[] {
  const { document } = daemonSet;
  const found: Diagnostic[] = [];
  for (const reference of daemonSet.configMaps) {
    const named = beside.filter(c => c.name === reference.name);
    if (named.length === 0 && beside.length > 0) {
      const other = beside[0]!;
      const message = `the DaemonSet reads ConfigMap "${reference.name}", but the one beside it is called "${other.name ?? ''}"; the agent would use its built-in list`;
      const related = [{ ...other.document.at(['metadata', 'name']), message: 'the ConfigMap' }];
      found.push(diagnostic('MQ602', document.at(reference.path), { message, related }));
    }
    for (const configMap of named) {
      if (configMap.namespace !== daemonSet.namespace) {
        const message = `the DaemonSet is in namespace "${daemonSet.namespace ?? ''}" and reads a ConfigMap of that namespace, but "${configMap.name}" is in "${configMap.namespace ?? ''}"`;
        found.push(
          diagnostic('MQ606', configMap.document.at(['metadata', 'namespace']), { message, severity: 'error' }),
        );
      } else if (
        !configMap.keys.includes(reference.key) &&
        !(reference.key === 'config' && lacksConfig(configMap.keys))
      ) {
        const message = `the DaemonSet takes the file from key "${reference.key}", which ConfigMap "${configMap.name}" lacks; it has ${configMap.keys.join(', ')}`;
        found.push(diagnostic('MQ603', configMap.document.at(['data'], 'key'), { message }));
      }
      found.push(...ipv6(daemonSet, configMap, reference.key));
    }
  }
  return [...found, ...defaults(daemonSet, beside)];
}

function ipv6({ flags }: AgentDaemonSet, { document, files }: AgentConfigMap, key: string): Diagnostic[] {
  const list = files.get(key)?.nonMasqueradeCIDRs;
  if (!flags || !list) return [];
  const place = document.at(['data', key], 'key');
  const listed = list.find(cidr => cidr.family === 6);
  if (flags.enableIPv6 && !listed) {
    const message =
      '--enable-ipv6 without one IPv6 range in nonMasqueradeCIDRs masquerades all IPv6 between pods; list the pod and node ranges';
    return [diagnostic('MQ309', place, { message })];
  }
  if (!flags.enableIPv6 && listed) {
    const message = `nonMasqueradeCIDRs lists "${formatCidr(listed)}", but without --enable-ipv6 the agent writes no IPv6 rule: add the flag, or remove the IPv6 ranges`;
    return [diagnostic('MQ308', place, { message })];
  }
  return [];
}

/** Without a list beside it, the built-in one counts, and it is not the one that GKE has without an agent. */
function defaults(daemonSet: AgentDaemonSet, beside: readonly AgentConfigMap[]): Diagnostic[] {
  if (beside.length > 0 || !daemonSet.flags) return [];
  const reserved = daemonSet.flags.nomasqAllReservedRanges;
  const message = reserved
    ? 'no ConfigMap is beside the DaemonSet: without one the agent preserves its eleven built-in ranges'
    : 'no ConfigMap is beside the DaemonSet: without one the agent preserves three ranges (RFC 1918), not the eleven that GKE preserves by itself';
  const place = daemonSet.configMaps[0]?.path ?? ['metadata', 'name'];
  return [diagnostic('MQ310', daemonSet.document.at(place), { message, severity: 'note' })];
}
