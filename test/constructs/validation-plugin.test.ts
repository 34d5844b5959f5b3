import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasqValidation, type MasqValidationProps, type Violation } from '../../constructs/validation-plugin';

let dist: string;
beforeEach(() => {
  dist = join(mkdtempSync(join(tmpdir(), 'masq-plugin-')), 'dist');
  mkdirSync(join(dist, 'prod'), { recursive: true });
  writeFileSync(join(dist, 'construct-metadata.json'), '{}');
});
afterEach(() => rmSync(join(dist, '..'), { recursive: true }));

/** Runs the plugin over some manifests as cdk8s does, and answers what it reported. */
async function validate(files: Readonly<Record<string, string>>, props?: MasqValidationProps) {
  const manifests = Object.entries(files).map(([name, text]) => {
    const path = join(dist, 'prod', name);
    writeFileSync(path, text);
    return path;
  });
  const violations: Violation[] = [];
  const submitted: unknown[] = [];
  const report = {
    addViolation: (violation: Violation) => violations.push(violation),
    submit: (...status: unknown[]) => submitted.push(status),
  };
  await new MasqValidation(props).validate({ manifests, report });
  return { violations, submitted };
}

const policy = (name: string, cidr: string) => `apiVersion: networking.gke.io/v1
kind: EgressNATPolicy
metadata:
  labels: {team: net}
  name: ${name}
spec:
  action: NoSNAT
  destinations:
    - cidr: ${cidr}
`;

describe('the validation plugin', () => {
  it('submits a success, and takes away what cdk8s left in the folder', async () => {
    const { violations, submitted } = await validate({ 'a.yaml': policy('default', '10.0.0.0/8') });
    expect(violations).toEqual([]);
    expect(submitted).toEqual([['success', { Objects: '1', Findings: '0' }]]);
    expect(existsSync(join(dist, 'construct-metadata.json'))).toBe(false);
  });

  it('leaves it there when told so', async () => {
    await validate({ 'a.yaml': policy('default', '10.0.0.0/8') }, { keepConstructMetadata: true });
    expect(existsSync(join(dist, 'construct-metadata.json'))).toBe(true);
  });

  it('reports a violation for each rule, with the object, the file and the place of each finding', async () => {
    const { violations, submitted } = await validate({
      'a.yaml': `${policy('one', '10.0.0.1/8')}---\n${policy('two', '172.16.0.1/12')}`,
      'b.yaml': policy('gke-0123abcd-1', '0.0.0.0/0'),
    });
    expect(violations.map(violation => violation.ruleName)).toEqual([
      'MQ101 host-bits-set',
      'MQ410 gke-managed-policy',
      'MQ303 internet-without-route',
    ]);
    const [hostBits, managed] = violations;
    expect(hostBits!.violatingResources).toEqual([
      {
        resourceName: 'one',
        manifestPath: join(dist, 'prod', 'a.yaml'),
        locations: [
          'prod/a.yaml, line 9, column 13: CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"? (error)',
        ],
      },
      {
        resourceName: 'two',
        manifestPath: join(dist, 'prod', 'a.yaml'),
        locations: [
          'prod/a.yaml, line 19, column 13: CIDR "172.16.0.1/12" has host bits set; did you mean "172.16.0.0/12"? (error)',
        ],
      },
    ]);
    expect(managed!.violatingResources[0]).toMatchObject({
      resourceName: 'gke-0123abcd-1',
      manifestPath: join(dist, 'prod', 'b.yaml'),
    });
    for (const { recommendation, fix } of violations) expect([recommendation, fix].join()).not.toContain('\n');
    expect(hostBits!.fix).toBe('Write what the finding says; "masq rules MQ101" explains the rule with an example.');
    expect(submitted).toEqual([['failure', { Objects: '3', Findings: '4' }]]);
  });

  it('tells the hint of a finding with it', async () => {
    const file = 'nonMasqueradeCidrs: [10.0.0.0/8]';
    const metadata = 'metadata:\n  name: ip-masq-agent\n  namespace: kube-system\n';
    const { violations } = await validate({
      'a.yaml': `apiVersion: v1\nkind: ConfigMap\n${metadata}data:\n  config: |\n    ${file}\n`,
    });
    const locations = violations.flatMap(({ violatingResources }) => violatingResources.flatMap(r => r.locations));
    expect(locations).toContainEqual(
      expect.stringMatching(/\((?:error|warning)\); hint: the agent happens to take keys in any case/),
    );
  });

  it('fails for warnings when told so', async () => {
    const files = { 'a.yaml': policy('default', '0.0.0.0/0') };
    expect((await validate(files)).submitted).toEqual([['success', { Objects: '1', Findings: '1' }]]);
    expect((await validate(files, { failOn: 'warning' })).submitted).toEqual([
      ['failure', { Objects: '1', Findings: '1' }],
    ]);
  });

  it('says nothing of notes and of objects that it does not know', async () => {
    const { violations, submitted } = await validate({ 'a.yaml': 'apiVersion: v1\nkind: Service\n' });
    expect(violations).toEqual([]);
    expect(submitted).toEqual([['success', { Objects: '0', Findings: '0' }]]);
  });

  it('throws when a manifest is gone', async () => {
    const report = { addViolation: () => {}, submit: () => {} };
    const gone = new MasqValidation().validate({ manifests: [join(dist, 'gone.yaml')], report });
    await expect(gone).rejects.toThrow(/ENOENT/);
  });
});
