import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../core/artefact/kube-object';
import { verifyManifests } from '../../core/artefact/verify';
import { loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { pathText, valueAt } from '../../core/schema/path';
import { parseSource } from '../../core/source';
import { changed, renderedObjects } from './rendered';

const EXAMPLES = join(__dirname, '..', '..', 'examples');

/** The clusters of every example in YAML. */
const models: ClusterModel[] = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.yaml'))
  .sort()
  .flatMap(name => loadIntents(parseSource(name, readFileSync(join(EXAMPLES, name), 'utf8')).documents).clusters);

/**
 * What may be changed in a rendered object without changing what its cluster does to packets, or whether it takes the
 * object. Everything else has to be noticed.
 */
const FREE = [
  /^\w+ metadata\.(?:labels|annotations)\b/,
  // Where and how the agent's pods are run and replaced, beside the nodes that the intent names.
  /^DaemonSet spec\.template\.spec\.(?:tolerations|priorityClassName|automountServiceAccountToken)\b/,
  /^DaemonSet spec\.template\.spec\.containers\[0\]\.resources\b/,
  // The container is found by its image too, and keeps NET_ADMIN.
  /^DaemonSet spec\.template\.spec\.containers\[0\]\.name$/,
  /^DaemonSet spec\.template\.spec\.containers\[0\]\.securityContext\.(?:allowPrivilegeEscalation|seccompProfile)\b/,
];
