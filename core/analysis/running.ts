import type { Diagnostic, Location, RuleCode } from '../diagnostics';
import type { Bundle } from '../manifest/bundle';
import { isManagedPolicy } from '../manifest/egress-nat-policy';
import { isServedNoMore, objectId } from '../manifest/object';
import { valueAt } from '../schema/path';

/**
 * What is said of objects that may run already, when it is asked what they do: not that nobody may write a policy which
 * GKE writes itself.
 */
export function withoutManaged(found: readonly Diagnostic[], bundles: Iterable<Bundle>): readonly Diagnostic[] {
  const places = [...bundles].flatMap(({ noSnat }) =>
    noSnat.filter(isManagedPolicy).map(({ document }) => placeOf('MQ410', document.at(['metadata', 'name']))),
  );
  return without(found, places);
}

/**
 * As {@link withoutManaged}, and not that Kubernetes no longer takes a DaemonSet as it is written either: with
 * `extensions/v1beta1` it filled in the selector itself.
 */
export function withoutRunning(found: readonly Diagnostic[], bundles: Iterable<Bundle>): readonly Diagnostic[] {
  const all = [...bundles];
  const places = all.flatMap(({ daemonSets }) =>
    daemonSets.flatMap(({ document }) => {
      const apiVersion = objectId(document)?.apiVersion;
      if (!isServedNoMore(apiVersion)) return [];
      const served = placeOf('MQ609', document.at(['apiVersion']));
      const isFilledIn =
        apiVersion === 'extensions/v1beta1' && valueAt(document.value, ['spec', 'selector']) === undefined;
      return isFilledIn ? [served, placeOf('MQ610', document.at(['spec'], 'key'))] : [served];
    }),
  );
  return withoutManaged(without(found, places), all);
}

function without(found: readonly Diagnostic[], places: readonly string[]): readonly Diagnostic[] {
  if (places.length === 0) return found;
  const out = new Set(places);
  return found.filter(one => !out.has(placeOf(one.code, one)));
}

function placeOf(code: RuleCode, { file, range }: Location): string {
  return JSON.stringify([code, file, range?.start.offset]);
}
