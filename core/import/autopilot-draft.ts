import { IntervalSet } from '../address';
import { type Diagnostic, diagnostic } from '../diagnostics';
import type { KeptRange } from '../dialect/reading';
import { type DialectReading, readingMap } from '../dialect/reading';
import type { Platform } from '../intent/model';
import { registrySet } from '../intent/special';
import type { Bundle } from '../manifest/bundle';
import type { NoSnatPolicy } from '../manifest/egress-nat-policy';
import { hasDeclaredRoute, INTERNET_ROUTE } from '../manifest/object';
import { valueAt } from '../schema/path';
import type { Drafted } from './draft';

/** The platform that reads such policies. */
const OWN = 'gke-autopilot';

/** Names of the policies that GKE manages itself, with the cluster's own ranges. */
const MANAGED = /^gke-[0-9a-f]{8}-\d+$/;

/** The policy that GKE generates, and that may be rewritten. */
const GENERATED = 'default';

/** Drafts an intent of EgressNATPolicies v1: GKE makes one list of them all, beside the cluster's own ranges. */
export function draftAutopilot({ noSnat }: Bundle, platform: Platform = OWN): Drafted {
  const own = noSnat.filter(({ name }) => !MANAGED.test(name));
  const generated = own.find(({ name }) => name === GENERATED);
  const custom = own.filter(({ name }) => name !== GENERATED);
  const kept = noSnat.flatMap(keptRanges);
  const [first] = custom;
  const eleven = registrySet('gke-default-non-masquerade')[4];
  const isDefault = generated !== undefined && keptSet([generated]).equals(eleven);
  if (!generated && !keptSet(noSnat).containsSet(eleven)) {
    const at = (first ?? noSnat[0]!).document.at(['metadata', 'name']);
    const message = `whether policy "${(first ?? noSnat[0]!).name}" adds to the generated policy "default" or holds in its place is not documented; import "default" with it: kubectl get egressnatpolicies.networking.gke.io -o yaml`;
    return { diagnostics: [diagnostic('MQ803', at, { message })] };
  }
  const adds = first !== undefined && custom.length === 1 && (isDefault || !generated);
  const folded = adds ? [] : custom.map(foldedNote);
  const diagnostics: Diagnostic[] =
    platform === OWN || platform === 'anthos-bare-metal'
      ? folded
      : [movedNote(generated ?? first ?? noSnat[0]!, platform)];
  const reading: DialectReading = {
    as: 'the EgressNATPolicies',
    kept,
    linkLocal: { 4: 'preserve', 6: 'preserve' },
    families: [4],
    randomFully: false,
    keepsOwn: ['nodes', 'pods', 'services'],
    egress: [],
  };
  const declared = own.find(({ document }) => hasDeclaredRoute(document));
  const route = declared && valueAt(declared.document.value, ['metadata', 'annotations', INTERNET_ROUTE]);
  return {
    draft: {
      as: reading.as,
      platform: OWN,
      found: route === undefined ? {} : { internetRoute: route === 'cloud-nat' ? route : 'custom-default-route' },
      kept,
      agent: () => ({}),
      autopilot: adds
        ? { defaultPolicy: 'add', ...(first.name !== 'masq' && { policyName: first.name }) }
        : { defaultPolicy: 'replace' },
      ipv6Unknown: false,
      at: (generated ?? first ?? noSnat[0]!).document.at(['spec', 'destinations'], 'key'),
      map: ranges => readingMap(reading, ranges),
    },
    diagnostics,
  };
}

function keptRanges({ destinations, document }: NoSnatPolicy): KeptRange[] {
  return destinations.map(({ text, cidrs, path }) => ({
    text,
    cidrs,
    at: document.at(path),
    comment: document.comment(path),
  }));
}

function keptSet(policies: readonly NoSnatPolicy[]): IntervalSet {
  return IntervalSet.unionOf(
    4,
    policies.flatMap(({ destinations }) => destinations.map(entry => entry.sets[4])),
  );
}

function foldedNote({ name, document }: NoSnatPolicy): Diagnostic {
  const message = `the destinations of policy "${name}" go into the one policy that is rendered, "${GENERATED}"; delete this one when that is applied`;
  return diagnostic('MQ801', document.at(['metadata', 'name']), { message });
}

/** The platform that is told has no such policies. */
function movedNote({ name, document }: NoSnatPolicy, platform: Platform): Diagnostic {
  const message = `EgressNATPolicy "${name}" is one of GKE Autopilot, and on ${platform} nobody reads it: the intent has its destinations in the list of ip-masq-agent; leave --platform out for the cluster that it is from`;
  return diagnostic('MQ801', document.at(['metadata', 'name']), { message, severity: 'warning' });
}
