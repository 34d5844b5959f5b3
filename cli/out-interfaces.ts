import { type InterfaceName, iptablesInterface } from '../core/dataplane/interfaces';
import { listed } from './cidr-list';
import type { Invocation } from './masq';

/** The interfaces that `--out-interface` names; undefined where nobody says. */
export interface OutInterfaces {
  /** The names. */
  readonly names: readonly InterfaceName[] | undefined;
  /** What is wrong with those that are none, each in a line. */
  readonly faults: readonly string[];
}

/** What the kernel takes for the name of an interface, perhaps with a `+` or `*` that stands for anything. */
const NAME = /^(?=.{1,16}$)[^\s/:]{0,15}[^\s/:]$/u;

/** Reads `--out-interface`: the interfaces by which packets of pods leave a node. */
export function readOutInterfaces(values: Invocation['values']): OutInterfaces {
  const words = listed(values['out-interface']);
  const faults = words
    .filter(word => !NAME.test(word) || /^[+*]/.test(word))
    .map(
      word => `--out-interface: "${word}" is no name of an interface; write one such as eth0, or several as in ens+`,
    );
  const names = words.map(word => iptablesInterface(word.replace(/\*$/, '+')));
  return { names: names.length === 0 ? undefined : names, faults };
}

/** What is said where `--out-interface` is given and nothing hangs on it. */
export const NO_DUMP_LEAVES = "--out-interface: only dumps of nodes' rules hang on it, and none is asked about";
