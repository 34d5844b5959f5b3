import { type Entry, readAddresses, readCidrs } from './entry';
import type { Findings } from './findings';
import type { NetworkModel, Platform } from './model';
import { choice, type Raw, text } from './raw';
import { unusablePart } from './special';

/** Reads the cluster's facts. */
export function readNetwork(raw: Raw, platform: Platform, findings: Findings): NetworkModel {
  const path = ['spec', 'network'];
  const cidrs = (key: string): Entry[] => readCidrs(raw[key], [...path, key], findings);
  const own = (key: string, role: string): Entry[] => cidrs(key).filter(range => isUsable(range, role, findings));
  const pods = own('podCIDRs', 'pod');
  const nodeImage = text(raw.nodeImage);
  return {
    dataplane: choice(raw.dataplane, ['v1', 'v2']) ?? (platform === 'gke-autopilot' ? 'v2' : 'v1'),
    nodes: own('nodeCIDRs', 'node'),
    pods,
    services: own('serviceCIDRs', 'service'),
    nodeIPs: readAddresses(raw.nodeIPs, [...path, 'nodeIPs'], findings),
    onPremises: cidrs('onPremisesCIDRs'),
    internetRoute: choice(raw.internetRoute, ['none', 'cloud-nat', 'custom-default-route']) ?? 'none',
    networkPolicy: raw.networkPolicy === true,
    disableDefaultSnat: raw.disableDefaultSnat === true,
    windowsNodePools: raw.windowsNodePools === true,
    ...(nodeImage !== undefined && { nodeImage }),
    ipv6: pods.some(entry => !entry.sets[6].isEmpty()),
  };
}

/** Class E as a whole is a range that GKE gives to pods, though its last address is the broadcast address. */
const CLASS_E = '240.0.0.0/4';

/** Reports a range of addresses that no host can have; like one that cannot be read it counts as absent then. */
function isUsable(range: Entry, role: string, findings: Findings): boolean {
  const part = unusablePart(range.sets);
  if (part === undefined || range.text === CLASS_E) return true;
  const message = `${role} range "${range.text}" holds ${part}, which no ${role} can have; write the range that the cluster really has`;
  findings.add('MQ318', range.path, message);
  return false;
}
