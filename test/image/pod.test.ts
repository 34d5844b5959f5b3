import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseQuantity } from '../../core/intent/quantity';
import { ownArchitecture } from '../../tools/agent/executable';
import { imageConfig, imageFiles } from '../../tools/image/image';
import { ociArchive } from '../../tools/image/oci';
import { FLAVOURS, until } from '../agent/node-lab';
import { isBuildable } from '../agent/runtimes';
import { hasKernel } from '../dataplane/kernel';
import { type Manifest, PodNode, podOf } from './pod-node';
import { hasContainers } from './tools';

/** What is rendered of an example; another test says that it is up to date. */
const RENDERED = 'dist/masq-agent';
const [AGENT, METRICS] = ['agent-masq-agent', 'agent-metrics'];
const HOST_IP = '127.0.0.1';

function rendered(name: string): Manifest {
  return parse(readFileSync(`${RENDERED}/${name}`, 'utf8'));
}

describe.runIf(hasKernel() && hasContainers() && isBuildable('quickjs'))("the DaemonSet's pod", () => {
  const root = mkdtempSync(join(tmpdir(), 'masq-pod-'));
  const archive = join(root, 'image.tar');
  const config = imageConfig({ architecture: ownArchitecture() });
  const daemonSet = rendered('30-daemonset-ip-masq-agent.yaml');
  const configMap = rendered('20-configmap-ip-masq-agent.yaml');
  const pod = podOf(daemonSet, HOST_IP);
  const [agent] = pod.spec.containers;
  let pods: PodNode;

  beforeAll(async () => {
    writeFileSync(archive, ociArchive((await imageFiles(ownArchitecture())).tree, config));
  });
  afterEach(() => pods.stop());
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function isReady(): boolean {
    return pods.probe(AGENT, agent.readinessProbe.exec.command).code === 0;
  }
  /** The ConfigMap with another file in it. */
  function withFile(text: string): Manifest {
    return { ...configMap, data: { config: text } };
  }

  describe.each(FLAVOURS)('on a node with iptables-%s', flavour => {
    test('has the rights that it needs and no others, and its rules are there', async () => {
      pods = await PodNode.start(archive, flavour);
      pods.play(pod, configMap);
      await until('ready', isReady);
      const because =
        flavour === 'nft' ? 'iptables-legacy has no tables' : "the kubelet's chains are in iptables-legacy";
      expect(pods.logs(AGENT)).toContain(because);

      const confined = { noNewPrivileges: true, seccomp: true, readOnly: true };
      // NET_ADMIN and NET_RAW.
      expect(pods.rights(AGENT)).toEqual({ uid: '0', capabilities: '0000000000003000', ...confined });
      expect(pods.rights(METRICS)).toEqual({ uid: '65532', capabilities: '0000000000000000', ...confined });

      const cidrs: string[] = parse(configMap.data.config).nonMasqueradeCIDRs;
      const rules = pods.node.allRules();
      for (const cidr of cidrs) expect(rules.filter(rule => rule.includes(` -d ${cidr} `))).toHaveLength(1);
      expect(rules.filter(rule => rule.startsWith('-A POSTROUTING '))).toHaveLength(2);
      expect(rules.filter(rule => rule.endsWith('-j MASQUERADE --random-fully'))).toHaveLength(2);

      expect(pods.probe(AGENT, agent.livenessProbe.exec.command)).toEqual({ code: 0, said: '' });
      const url = `http://${HOST_IP}:9797`;
      const [, server] = daemonSet.spec.template.spec.containers;
      for (const { httpGet } of [server.livenessProbe, server.readinessProbe]) {
        expect(httpGet).toEqual({ path: '/', port: 9797, scheme: 'HTTP' });
        expect(pods.get(`${url}${httpGet.path}`).status).toBe(200);
      }
      expect(pods.get(`${url}/metrics`)).toMatchObject({
        status: 200,
        type: 'text/plain; version=0.0.4; charset=utf-8',
        body: expect.stringMatching(/^masq_agent_ready 1$/m),
      });
      for (const path of ['healthz', 'readyz']) expect(pods.get(`${url}/${path}`)).toMatchObject({ status: 200 });
    });

    test('reads what others wrote with any module that kube-proxy and network plugins use', async () => {
      pods = await PodNode.start(archive, flavour);
      pods.play(pod, configMap);
      await until('ready', isReady);
      const rules = FOREIGN.map(rule => `-A FOREIGN ${rule}\n`).join('');
      const text = `*nat\n:FOREIGN - [0:0]\n${rules}-I POSTROUTING -m mark --mark 0x4000/0x4000 -j FOREIGN\nCOMMIT\n`;
      writeFileSync(join(pods.node.folder, 'rules'), text);
      pods.podman(`exec -i ${AGENT} iptables-${flavour}-restore --noflush < rules`);
      const saved = pods.podman(`exec ${AGENT} iptables-${flavour}-save -t nat`);
      expect(saved.match(/^-A FOREIGN /gm)).toHaveLength(FOREIGN.length);
      pods.podman(`kill -s HUP ${AGENT}`);
      await until('a look at the rules', () =>
        /"reconciles": [2-9]/.test(pods.node.sh('cat /run/masq-agent/state.json')),
      );
      expect(pods.node.state().verdict).not.toBe('failed');
      expect(isReady()).toBe(true);
    });
  });

  test('requests no more than twice the memory that it needs for 64 CIDRs, and may use far more than that', async () => {
    const cidrs = Array.from({ length: 64 }, (_, n) => `10.1.${n}.0/24`);
    pods = await PodNode.start(archive);
    pods.play(pod, withFile(JSON.stringify({ nonMasqueradeCIDRs: cidrs })));
    await until('ready', isReady);
    expect(pods.get(`http://${HOST_IP}:9797/metrics`).status).toBe(200);
    for (const [name, { resources }] of [AGENT, METRICS].map((name, n) => [name, pod.spec.containers[n]] as const)) {
      const most = pods.mostMemory(name);
      const [requested, limit] = [resources.requests.memory, resources.limits.memory].map(text => parseQuantity(text)!);
      expect(requested, name).toBeLessThanOrEqual(2 * most);
      expect(limit, name).toBeGreaterThan(3 * most);
    }
  });

  test('is not ready with a file that is refused, changes nothing, and says why', async () => {
    pods = await PodNode.start(archive);
    pods.play(pod, withFile('nonMasqueradeCIDRs: [10.1.0.0/8]\n'));
    const refused = { code: 1, said: expect.stringContaining('"10.1.0.0/8" has host bits set') };
    await until('refused', () => pods.probe(AGENT, agent.readinessProbe.exec.command).said.startsWith('refused'));
    expect(pods.probe(AGENT, agent.readinessProbe.exec.command)).toEqual(refused);
    expect(pods.probe(AGENT, agent.livenessProbe.exec.command)).toEqual({ code: 0, said: '' });
    expect(pods.node.allRules().filter(rule => rule.includes('IP-MASQ'))).toEqual([]);
    expect(pods.get(`http://${HOST_IP}:9797/readyz`)).toMatchObject({ status: 503, body: refused.said });
    expect(pods.get(`http://${HOST_IP}:9797/healthz`)).toMatchObject({ status: 200 });
  });

  test('that takes the place of another goes on with what was good last', async () => {
    pods = await PodNode.start(archive);
    pods.play(pod, configMap);
    await until('ready', isReady);
    const rules = pods.node.allRules();
    pods.podman('pod rm -af');
    pods.podman('volume rm -af');
    pods.node.sh('iptables-nft -t nat -F IP-MASQ-AGENT');
    pods.play(pod, withFile('nonMasqueradeCIDRs: [10.1.0.0/8]\n'));
    await until('rules', () => pods.node.allRules().join('\n') === rules.join('\n'));
    expect(isReady()).toBe(false);
    expect(pods.node.state().config.source).toBe('last-good');
  });
});

/** Rules of others, one for each module that they use in the nat table. */
const FOREIGN: readonly string[] = [
  '-m comment --comment "a comment" -m addrtype --dst-type LOCAL -j MARK --set-xmark 0x4000/0x4000',
  '-m statistic --mode random --probability 0.33300000010 -j RETURN',
  '-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP --mask 255.255.255.255 --rsource -j RETURN',
  '-m conntrack --ctstate NEW -j RETURN',
  '-p tcp -m multiport --dports 80,443 -j RETURN',
  '-p tcp -m tcp --dport 80 -j RETURN',
  '-p udp -m udp --dport 53 -j RETURN',
  '-p sctp -m sctp --dport 80 -j RETURN',
  '-p icmp -m icmp --icmp-type 8 -j RETURN',
  '-m physdev --physdev-is-bridged -j RETURN',
  '-m policy --dir out --pol ipsec -j ACCEPT',
  '-m iprange --src-range 10.0.0.1-10.0.0.9 -j RETURN',
  '-m connmark --mark 0x80/0x80 -j RETURN',
  '-m limit --limit 5/min -j LOG',
  '-j CONNMARK --set-xmark 0x80/0x80',
  '-p tcp -j MASQUERADE --to-ports 1024-65535 --random-fully',
  '-j SNAT --to-source 192.168.1.11 --random-fully',
];
