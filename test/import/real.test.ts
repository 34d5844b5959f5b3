import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImportOptions, importIntent } from '../../core/import/import';
import { outcome } from './outcome';

/**
 * Files that people wrote, each with what importing it comes to. The files are shared between projects and not part of
 * this repo; what is expected of each is.
 */
const REAL = join(__dirname, '../../../shared/real');
const EXPECTED = join(__dirname, 'real');

const there = existsSync(REAL);
if (!there) console.warn("SKIPPED: ../shared/real is not there; other people's files are not imported");

/** Set to write what comes of them; whoever sets it reads every line of the difference. */
const UPDATE = process.env.MASQ_UPDATE_REAL === '1';

/** Facts that no file says, as somebody would give them who knows the cluster. */
const FACTS: Readonly<Record<string, ImportOptions>> = {
  '05': { nodeCIDRs: ['10.128.0.0/20'], podCIDRs: ['10.48.0.0/14', 'fd00:10:48::/64'], preserveCluster: true },
  '07': {
    platform: 'gke-standard',
    nodeCIDRs: ['10.128.0.0/20'],
    podCIDRs: ['240.0.0.0/16'],
    serviceCIDRs: ['34.118.224.0/20'],
    preserveCluster: true,
  },
  '09': { platform: 'kubernetes', preserveCluster: true },
  '11': { nodeCIDRs: ['2.2.0.0/24'], podCIDRs: ['1.0.0.0/16'] },
  '17': { version: '1.29.4-gke.1043000' },
  '22': { platform: 'kubernetes' },
  '28': { nodeCIDRs: ['10.0.0.0/24'], podCIDRs: ['192.168.0.0/16'] },
  '29': { platform: 'gke-standard', nodeCIDRs: ['10.156.0.0/20'], podCIDRs: ['10.24.0.0/14'] },
  '31': { platform: 'gke-standard', internetRoute: 'cloud-nat' },
  '37': { platform: 'kubernetes' },
  '41': { version: '1.28.0', nodeCIDRs: ['10.0.1.0/24', '10.0.2.0/24'], podCIDRs: ['192.168.0.0/16'] },
  '42': { nodeCIDRs: ['10.200.0.0/24'], podCIDRs: ['192.168.0.0/16'] },
  '43': { nodeCIDRs: ['172.18.0.0/24'], podCIDRs: ['10.244.0.0/16'] },
};

const USUAL: ImportOptions = { nodeCIDRs: ['10.128.0.0/20'], podCIDRs: ['10.48.0.0/14'] };

describe.runIf(there)("other people's files", () => {
  const files = there ? readdirSync(REAL).filter(name => name.endsWith('.yaml')) : [];

  test.each(files)('%s', name => {
    const text = readFileSync(join(REAL, name), 'utf8');
    const options = { name: 'prod', ...USUAL, ...FACTS[name.slice(0, 2)] };
    const imported = importIntent([{ file: name, text }], options);
    const actual = outcome(imported, name);
    const expected = join(EXPECTED, name.replace(/\.yaml$/, '.txt'));
    if (UPDATE) writeFileSync(expected, actual);
    expect(actual).toBe(readFileSync(expected, 'utf8'));
  });

  test('are all expected, and no others', () => {
    const expected = readdirSync(EXPECTED).map(name => name.replace(/\.txt$/, '.yaml'));
    expect(expected.sort()).toEqual(files.sort());
  });

  test('the gateway and the cluster that it is in make one intent', () => {
    const inputs = ['41', '42'].map(number => {
      const file = files.find(name => name.startsWith(number))!;
      return { file, text: readFileSync(join(REAL, file), 'utf8') };
    });
    const { intent, missing, diagnostics } = importIntent(inputs, {
      nodeCIDRs: ['10.0.1.0/24', '10.0.2.0/24', '10.200.0.0/24'],
    });
    expect({ missing, diagnostics }).toEqual({ missing: [], diagnostics: [] });
    expect(intent).toEqual({
      name: 'user-ha-ldap',
      spec: {
        platform: 'anthos-bare-metal',
        version: '1.34.200-gke.68',
        network: {
          nodeCIDRs: ['10.0.1.0/24', '10.0.2.0/24', '10.200.0.0/24'],
          podCIDRs: ['192.168.0.0/16'],
          serviceCIDRs: ['10.96.0.0/20'],
          nodeIPs: ['10.200.0.20', '10.200.0.21', '10.200.0.22'],
        },
        egress: { floatingIPs: ['10.0.1.100', '10.0.2.100'] },
      },
    });
  });
});
