import { TARGETS } from '../../core/target/facts';
import type { Command, Option } from '../args';

/** The options that say what a target has to know, and which clusters it is for. */
export const TARGET_OPTIONS: readonly Option[] = [
  {
    name: 'vpc-cidr',
    type: 'string',
    value: '[CLUSTER=]CIDR',
    multiple: true,
    help: 'with --target aws or azure: a range of the VPC or the VNet, to which the platform preserves pod addresses by itself; with commas between several',
  },
  {
    name: 'gateway',
    type: 'string',
    value: '[IP=]LABELS',
    multiple: true,
    help: 'with --target cilium or antrea: the labels of the node that holds an egress address, such as kubernetes.io/hostname=node-1',
  },
  {
    name: 'pool',
    type: 'string',
    value: 'NAME=CIDR',
    multiple: true,
    help: 'with --target calico: the IPPool that pods get addresses of this range from (default: default-ipv4-ippool)',
  },
  {
    name: 'cluster',
    type: 'string',
    value: 'NAME',
    multiple: true,
    help: 'with --target: only this cluster (default: every one)',
  },
];

/** What an entry of `targets` in the settings may say: what one would write behind `masq synth --target`. */
export const TARGET_ENTRY: Command = {
  name: 'synth --target',
  summary: '',
  usage: 'NAME [options]',
  description: '',
  options: [{ name: 'output', short: 'o', type: 'string', value: 'DIR', help: '' }, ...TARGET_OPTIONS],
  positionals: { name: 'NAME', min: 1, max: 1, complete: TARGETS },
  examples: [],
  exitCodes: [],
};
