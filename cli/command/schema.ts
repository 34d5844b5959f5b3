import { suggest } from '../../core/diagnostics';
import agentConfig from '../../schemas/agent-config.schema.json';
import intent from '../../schemas/intent.schema.json';
import gateway from '../../schemas/json/networking.gke.io/anthosnetworkgateway_v1alpha1.json';
import gatewayNode from '../../schemas/json/networking.gke.io/anthosnetworkgatewaynode_v1alpha1.json';
import policyV1 from '../../schemas/json/networking.gke.io/egressnatpolicy_v1.json';
import policyV1Alpha1 from '../../schemas/json/networking.gke.io/egressnatpolicy_v1alpha1.json';
import group from '../../schemas/json/networking.gke.io/networkgatewaygroup_v1.json';
import settings from '../../schemas/settings.schema.json';
import { SCHEMAS } from '../choices';
import type { Invocation } from '../masq';
import { refuse, stdout } from '../stdio';

const DOCUMENTS: Readonly<Record<(typeof SCHEMAS)[number], unknown>> = {
  intent,
  settings,
  'agent-config': agentConfig,
  egressnatpolicy_v1: policyV1,
  egressnatpolicy_v1alpha1: policyV1Alpha1,
  anthosnetworkgateway_v1alpha1: gateway,
  anthosnetworkgatewaynode_v1alpha1: gatewayNode,
  networkgatewaygroup_v1: group,
};

/** `masq schema`: prints a JSON Schema. */
export function run({ values, positionals }: Invocation): number {
  if (values.list) {
    stdout.write(`${SCHEMAS.join('\n')}\n`);
    return 0;
  }
  const name = SCHEMAS.find(s => s === (positionals[0] ?? 'intent'));
  if (!name) {
    const near = suggest(positionals[0]!, SCHEMAS);
    return refuse([
      `no schema is called "${positionals[0]}"; ${near ? `did you mean "${near}"?` : `there are ${SCHEMAS.join(', ')}`}`,
    ]);
  }
  stdout.write(`${JSON.stringify(DOCUMENTS[name], null, 2)}\n`);
  return 0;
}
