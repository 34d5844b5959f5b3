import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../core/check/check';
import { parseDuration } from '../../core/intent/duration';
import { parseQuantity } from '../../core/intent/quantity';

/** So long that whoever looks through a value once for each of its characters takes many minutes. */
const LENGTH = 1_000_000;

const said = (text: string): string[] =>
  checkFiles([{ file: 'input.yaml', text }]).diagnostics.map(found => `${found.code} ${found.message}`);

const intent = (spec: object): string =>
  JSON.stringify({
    apiVersion: 'masq/v1alpha1',
    kind: 'ClusterIntent',
    metadata: { name: 'a' },
    spec: {
      platform: 'kubernetes',
      network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: [] },
      masquerade: { preserve: ['rfc1918'] },
      ...spec,
    },
  });

const agentFile = (keys: object): string => JSON.stringify({ nonMasqueradeCIDRs: ['10.0.0.0/8'], ...keys });

const configMap = (config: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ip-masq-agent', namespace: 'kube-system' },
    data: { config },
  });

describe('one value that goes on and on is refused in one walk along it', () => {
  it.each([
    ['a duration of digits', 'MQ216', agentFile({ resyncInterval: `${'1'.repeat(LENGTH)}x` })],
    ['a version of dashes', 'MQ412', intent({ version: `${'-'.repeat(LENGTH)}!` })],
    ['a list of blanks', 'MQ111', agentFile({ nonMasqueradeCIDRs: [`1.1${' '.repeat(LENGTH)}1`] })],
    ['a file of blanks', 'MQ310', configMap(' '.repeat(LENGTH))],
    ['a comment of braces', 'MQ310', configMap(`# ${'{'.repeat(LENGTH)}`)],
  ])('%s', (_, code, text) => {
    expect(said(text).map(line => line.split(' ', 1)[0])).toContain(code);
  });

  it('a duration', () => {
    expect(parseDuration('1'.repeat(LENGTH))).toBeUndefined();
    expect(parseDuration(`.${'1'.repeat(LENGTH)}`)).toBeUndefined();
  });

  it('a quantity', () => {
    expect(parseQuantity(`${'1'.repeat(LENGTH)}!`)).toBeUndefined();
  });

  it('is quoted in part where it is no address', () => {
    expect(said(agentFile({ nonMasqueradeCIDRs: ['1'.repeat(LENGTH)] }))).toEqual([
      `MQ111 "${'1'.repeat(80)}…", ${LENGTH} characters long, is not an IP address or CIDR; write a CIDR such as "10.0.0.0/8"`,
    ]);
  });
});

describe('in a text in quotes blanks stand for themselves', () => {
  it.each([
    ['double', '"nonMasqueradeCIDRs:   [10.0.0.1/8]"', '4:40'],
    ['double, over two lines', '"nonMasqueradeCIDRs:   [10.0.0.0/8,  \n   10.0.0.1/8]"', '5:4'],
    ['plain', 'nonMasqueradeCIDRs   ', undefined],
  ])('%s', (_, config, place) => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent, namespace: kube-system}\ndata: {config: ${config}}\n`;
    const [first] = checkFiles([{ file: 'input.yaml', text }]).diagnostics.filter(found => found.code === 'MQ101');
    expect(first?.range && `${first.range.start.line}:${first.range.start.column}`).toBe(place);
  });
});
