import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Chart } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { ClusterIntent, type ClusterIntentProps, IpMasqAgent, MasqApp } from '../../constructs';
import { HEADER, isRendered } from '../../constructs/render';
import type { Diagnostic } from '../../core/diagnostics';
import { BROKEN } from '../../core/yaml';
import { errorsOf } from './synth';

const props: ClusterIntentProps = {
  platform: 'kubernetes',
  network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
  masquerade: { preserve: ['rfc1918'] },
};

let outdir: string;
let findings: Diagnostic[];
let app: MasqApp;
beforeEach(() => {
  outdir = join(mkdtempSync(join(tmpdir(), 'masq-app-')), 'dist');
  findings = [];
  app = new MasqApp({ outdir, onFinding: found => findings.push(found) });
});
afterEach(() => rmSync(join(outdir, '..'), { recursive: true }));

/** Every file that was written, below the output folder. */
function written(): string[] {
  return readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(outdir.length + 1))
    .sort();
}

const AGENT = [
  '10-serviceaccount-ip-masq-agent.yaml',
  '20-configmap-ip-masq-agent.yaml',
  '30-daemonset-ip-masq-agent.yaml',
];

describe('MasqApp', () => {
  it('writes a folder for each cluster, wherever it stands in the tree', () => {
    new ClusterIntent(app, 'prod', props);
    new ClusterIntent(new Construct(new Construct(app, 'europe'), 'west'), 'Intent', { ...props, clusterName: 'eu-1' });
    app.synth();
    expect(written()).toEqual(['eu-1', 'prod'].flatMap(folder => AGENT.map(file => `${folder}/${file}`)));
    const [left, right] = ['eu-1', 'prod'].map(name => readFileSync(join(outdir, name, AGENT[2]!), 'utf8'));
    expect(left).toBe(right);
    expect(left!.startsWith(`${HEADER}\napiVersion: apps/v1\nkind: DaemonSet\n`)).toBe(true);
    expect(isRendered(left!)).toBe(true);
    expect(findings).toEqual([]);
  });

  it('writes the same bytes again', () => {
    new ClusterIntent(app, 'prod', props);
    app.synth();
    const before = written().map(file => readFileSync(join(outdir, file), 'utf8'));
    app.synth();
    expect(written().map(file => readFileSync(join(outdir, file), 'utf8'))).toEqual(before);
  });

  it('writes patches of objects that exist into a folder of their own', () => {
    new ClusterIntent(app, 'cluster1', {
      platform: 'anthos-bare-metal',
      version: '1.9.1',
      network: props.network,
      egress: { floatingIPs: ['192.168.1.100', '192.168.1.101'] },
    });
    app.synth();
    expect(written()).toEqual([
      'cluster1/40-anthosnetworkgateway-default.yaml',
      'cluster1/patches/cluster-cluster1.yaml',
    ]);
    expect(findings.map(found => `${found.severity} ${found.code} ${found.construct}`)).toEqual([
      'warning MQ513 cluster1',
    ]);
  });

  it('writes charts and objects of other packages beside ours', () => {
    const own = new Chart(app, 'own');
    new ConfigMap(own, 'settings', { metadata: { name: 'settings' }, data: { key: 'value' } });
    new ApiObject(own, 'policy', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a:b' } });
    new ClusterIntent(app, 'prod', props);
    app.synth();
    expect(written()).toEqual([
      'own/20-configmap-settings.yaml',
      'own/60-thing-a-b.yaml',
      ...AGENT.map(file => `prod/${file}`),
    ]);
    expect(readFileSync(join(outdir, 'own/20-configmap-settings.yaml'), 'utf8')).toBe(`${HEADER}
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  key: value
immutable: false
`);
  });

  it('writes objects of one name and two namespaces', () => {
    const chart = new Chart(app, 'net');
    for (const namespace of ['a', 'b']) {
      new IpMasqAgent(chart, namespace, {
        namespace,
        daemonSet: false,
        config: { nonMasqueradeCIDRs: ['10.0.0.0/8'] },
      });
    }
    app.synth();
    expect(written()).toEqual(['net/20-configmap-ip-masq-agent.b.yaml', 'net/20-configmap-ip-masq-agent.yaml']);
  });

  it('writes texts that every reader of YAML takes for the same', () => {
    const annotations = Object.fromEntries(
      ['a\u2028b', '\u0085', '\u007f', '\uffff', 'on', '0o17'].map((t, i) => [`a${i}`, t]),
    );
    new ClusterIntent(app, 'prod', {
      ...props,
      annotations,
      masquerade: { preserve: [{ cidr: '172.16.0.0/12', reason: 'a\uffffb\u2028c' }] },
    });
    app.synth();
    for (const file of AGENT.map(name => readFileSync(join(outdir, 'prod', name), 'utf8'))) {
      expect(file).toMatch(/^[\n\x20-\x7e]*$/);
      expect(parse(file, { version: '1.1' }).metadata.annotations).toMatchObject(annotations);
    }
    expect(readFileSync(join(outdir, 'prod', AGENT[1]!), 'utf8')).toContain('    - 172.16.0.0/12 # a b c\n');
  });

  it('says of each warning which cluster it is about, not only the line that made them all', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const loud = new MasqApp({ outdir });
      for (const name of ['eu', 'us']) {
        new ClusterIntent(loud, name, { ...props, masquerade: { preserve: ['rfc1918', '10.0.0.0/8'] } });
      }
      loud.synth();
      const lines = write.mock.calls.map(([line]) => String(line).replace(/^test\/.*:\d+:\d+ /, 'HERE '));
      expect(lines).toEqual(['eu', 'us'].map(name => expect.stringMatching(`^HERE \\[${name}\\] warning MQ121 .*\n$`)));
    } finally {
      write.mockRestore();
    }
  });

  it('makes no folder for a chart without objects', () => {
    new Chart(app, 'empty');
    app.synth();
    expect(written()).toEqual([]);
  });

  it('writes what cdk8s’s report needs when it is asked to', () => {
    const recording = new MasqApp({ outdir, recordConstructMetadata: true });
    new ClusterIntent(recording, 'prod', { ...props, agent: { daemonSet: 'existing' } });
    recording.synth();
    expect(JSON.parse(readFileSync(join(outdir, 'construct-metadata.json'), 'utf8'))).toEqual({
      version: '1.0.0',
      resources: { 'ip-masq-agent': { path: 'prod/IpMasqAgent/Config/ConfigMap' } },
    });
  });
});

describe('MasqApp writes nothing', () => {
  afterEach(() => expect(existsSync(outdir)).toBe(false));

  it('when there is an error in one of many charts', () => {
    new ClusterIntent(app, 'good', props);
    new ClusterIntent(app, 'bad', { ...props, masquerade: { preserve: ['10.0.0.1/8'] } });
    new ClusterIntent(app, 'worse', { ...props, agent: { chain: 'POSTROUTING' } });
    expect(() => app.synth()).toThrow(/^Validation failed.*\n {2}\[bad\] MQ101 .*\n {2}\[worse\] MQ313 .*$/);
  });

  it('when a text is half of a character', () => {
    new ClusterIntent(app, 'prod', { ...props, annotations: { team: 'net\ud800' } });
    const agent = new IpMasqAgent(new Chart(app, 'net'), 'Agent', {
      config: { nonMasqueradeCIDRs: ['10.0.0.0/8'] },
      annotations: { owner: '\udc00' },
    });
    agent.configMap!.apiObject.metadata.addAnnotation('zone', '\ud800');
    expect(
      errorsOf(app)
        .map(line => line.replace(/ \((?:metadata|props).*/, ''))
        .sort(),
    ).toEqual([
      `[net/Agent/Config] MQ206 metadata.annotations.owner "\\udc00" holds ${BROKEN}; write it whole, or remove it`,
      `[net/Agent/Config] MQ206 metadata.annotations.zone "\\ud800" holds ${BROKEN}; write it whole, or remove it`,
      `[prod] MQ206 props.annotations.team "net\\ud800" holds ${BROKEN}; write it whole, or remove it`,
    ]);
  });

  it('when two clusters have one name', () => {
    new ClusterIntent(app, 'prod', props);
    new ClusterIntent(app, 'other', { ...props, clusterName: 'prod' });
    expect(() => app.synth()).toThrow(
      /^Validation failed.*\n {2}\[other\] MQ214 intent "prod" is defined twice; both would render to the same folder at .*; the first one: \[prod\] .*$/,
    );
  });

  it('when a cluster and a chart have one name', () => {
    new ClusterIntent(app, 'prod', props);
    new ConfigMap(new Chart(new Construct(app, 'x'), 'own'), 'settings', { metadata: { name: 'settings' } });
    new ConfigMap(new Chart(app, 'x-own'), 'settings', { metadata: { name: 'settings' } });
    expect(() => app.synth()).toThrow('two charts would be written to the folder "x-own"');
  });

  it('when an object is there twice', () => {
    const chart = new Chart(app, 'net');
    for (const id of ['a', 'b']) new ApiObject(chart, id, { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' } });
    expect(() => app.synth()).toThrow(/two objects would be written to .*Thing "x" is defined twice/);
  });
});
