/** An intent as people write it, 26 lines. */
export function typicalIntent(name: string): string {
  return intent(name, [
    '- rfc1918',
    '- cidr: 100.64.0.0/10',
    '  except: [100.64.9.0/24]',
    '  reason: shared address space of the on-premises network',
  ]);
}

/** An intent with a list of so many ranges, the same ones for the same seed. */
export function longIntent(name: string, ranges: number, seed: number): string {
  const random = generator(seed);
  const list = new Set<string>();
  while (list.size < ranges) {
    const prefix = [16, 20, 22, 24, 24, 24, 28][random() % 7]!;
    const bits = (((0x0b000000 + (random() % 0x73000000)) >>> (32 - prefix)) << (32 - prefix)) >>> 0;
    list.add(`- ${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}/${prefix}`);
  }
  return intent(name, [...list]);
}

function intent(name: string, preserve: readonly string[]): string {
  return `# yaml-language-server: $schema=../schemas/intent.schema.json
apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata:
  name: ${name}
spec:
  platform: gke-standard
  version: 1.29.4-gke.1043000
  network:
    dataplane: v2
    nodeCIDRs: [10.128.0.0/20]
    podCIDRs: [10.119.128.0/17]
    serviceCIDRs: [10.120.0.0/22]
  masquerade:
    preserve:
${preserve.map(line => `      ${line}`).join('\n')}
    linkLocal: preserve
  agent:
    resyncInterval: 60s
`;
}

/** Numbers that look random and are the same in every run (a linear congruence). */
function generator(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 1;
  };
}
