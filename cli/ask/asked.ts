import type { FleetDiff } from '../../core/analysis/fleet';
import type { GateHit } from '../../core/analysis/gates';
import type { Ask } from './told';

/** What `masq diff` was asked, and what came of it: what every format shows. */
export interface Asked {
  /** What changes. */
  readonly diff: FleetDiff;
  /** The changes that gates are for. */
  readonly hits: readonly GateHit[];
  /** The command that shows a packet. */
  readonly ask: Ask;
}
