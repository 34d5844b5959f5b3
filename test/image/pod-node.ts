import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Flavour, TestNode } from '../agent/node-lab';

/** An object of Kubernetes, as far as tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: manifests are data of many shapes
export type Manifest = any;

/** What a container's program is allowed, as the kernel has it. */
export interface Rights {
  readonly uid: string;
  readonly capabilities: string;
  readonly noNewPrivileges: boolean;
  /** Whether system calls are filtered. */
  readonly seccomp: boolean;
  /** Whether nothing can be written but to volumes. */
  readonly readOnly: boolean;
}

/**
 * A node that runs pods by podman: a network, a /run and mounts of its own, so that nothing of this machine is touched
 * and all is gone when it stops.
 */
export class PodNode {
  private constructor(readonly node: TestNode) {}

  /** Starts a node whose kubelet uses this flavour of iptables, and loads an image. */
  static async start(archive: string, flavour: Flavour = 'nft'): Promise<PodNode> {
    const node = await TestNode.start(flavour);
    // podman's own limits are beyond what some machines allow.
    const limits = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=8192:8192"]\n';
    writeFileSync(join(node.folder, 'containers.conf'), limits);
    const pods = new PodNode(node);
    pods.podman(`load -q -i ${archive}`);
    return pods;
  }

  /** Ends the pods, then the node. */
  async stop(): Promise<void> {
    this.podman('pod rm -af');
    await this.node.stop();
  }

  /** Runs podman; fails as it fails. */
  podman(args: string): string {
    const { folder } = this.node;
    const places = `--root ${folder}/store --runroot /run/podman --tmpdir /run/podman-tmp --runtime runc`;
    return this.node.sh(`HOME=${folder} CONTAINERS_CONF=${folder}/containers.conf podman ${places} ${args}`);
  }

  /** Starts a pod beside its ConfigMaps, as the kubelet would; in the network of the node. */
  play(pod: Manifest, ...others: readonly Manifest[]): void {
    const file = join(this.node.folder, 'pod.yaml');
    writeFileSync(file, [...others, pod].map(object => stringify(object)).join('---\n'));
    this.podman(`kube play ${file}`);
  }

  /** Runs a probe's command in a container: its exit code, and what it says. */
  probe(container: string, command: readonly string[]): { readonly code: number; readonly said: string } {
    const out = this.podman(`exec ${container} ${command.join(' ')} 2>&1 && echo " 0" || echo " $?"`).trimEnd();
    const [, said = '', code] = /^([\s\S]*) (\d+)$/.exec(` ${out}`) ?? [];
    return { code: Number(code), said: said.trim() };
  }

  /** What a container wrote to its standard outputs. */
  logs(container: string): string {
    return this.podman(`logs ${container} 2>&1`);
  }

  /** What the program of a container may do. */
  rights(container: string): Rights {
    const pid = this.pid(container);
    const status = this.node.sh(`cat /proc/${pid}/status`);
    const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
    const [root] = this.node.sh(`cat /proc/${pid}/mounts`).match(/^\S+ \/ \S+ .*$/m) ?? [''];
    return {
      uid: field('Uid'),
      capabilities: field('CapBnd') === field('CapEff') ? field('CapEff') : `${field('CapEff')} of ${field('CapBnd')}`,
      noNewPrivileges: field('NoNewPrivs') === '1',
      seccomp: field('Seccomp') === '2',
      readOnly: /\s(?:\S*,)?ro(?:,|\s)/.test(root!),
    };
  }

  /** The most memory that a container used so far, with all that ran in it and what the kernel holds for it. In bytes. */
  mostMemory(container: string): number {
    const groups = this.node.sh(`cat /proc/${this.pid(container)}/cgroup`);
    const [, first] = /^\d+:memory:(.*)$/m.exec(groups) ?? [];
    const [, second] = /^0::(.*)$/m.exec(groups) ?? [];
    const path = first === undefined ? `${second}/memory.peak` : `memory/${first}/memory.max_usage_in_bytes`;
    return Number(this.node.sh(`cat /sys/fs/cgroup/${path}`));
  }

  /** An HTTP request from the node itself. */
  get(url: string): { readonly status: number; readonly type: string; readonly body: string } {
    const script = `
import json, urllib.request, urllib.error
try:
  answer = urllib.request.urlopen("${url}", timeout=10)
except urllib.error.HTTPError as error:
  answer = error
print(json.dumps({"status": answer.status, "type": answer.headers["Content-Type"], "body": answer.read().decode()}))`;
    return JSON.parse(this.node.sh('python3 -', script));
  }

  private pid(container: string): string {
    return this.podman(`inspect -f '{{.State.Pid}}' ${container}`).trim();
  }
}

/** A pod of a DaemonSet on a node, as Kubernetes makes it: with the node's address in its variables. */
export function podOf(daemonSet: Manifest, hostIP: string): Manifest {
  const { metadata, spec } = structuredClone(daemonSet.spec.template);
  for (const container of spec.containers) {
    // podman has no such ports where the pod is in the node's network, nor would they do anything.
    delete container.ports;
    // podman asks by HTTP with a curl of the container's own.
    for (const kind of ['livenessProbe', 'readinessProbe']) if (container[kind]?.httpGet) delete container[kind];
    const values = new Map<string, string>();
    for (const variable of container.env ?? []) {
      if (variable.valueFrom?.fieldRef.fieldPath === 'status.hostIP') variable.value = hostIP;
      delete variable.valueFrom;
      values.set(variable.name, variable.value);
    }
    for (const key of ['command', 'args']) {
      const words: string[] | undefined = container[key];
      if (words)
        container[key] = words.map(word => word.replace(/\$\((\w+)\)/g, (all, name) => values.get(name) ?? all));
    }
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'agent' }, spec };
}
