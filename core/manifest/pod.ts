import { parseMasqAgentOptions } from '../agentfile/options';
import type { ValuePath } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { parseQuantity } from '../intent/quantity';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { list, record, written } from './object';

/** The way to the pods' spec in a DaemonSet. */
export const POD = ['spec', 'template', 'spec'] as const;

const AGENT_FLAG = /^--?(?:masq-chain|nomasq-all-reserved-ranges)(?:=|$)/;

type Container = Readonly<Record<string, unknown>>;

/** The agent's program: ip-masq-agent, Azure's ip-masq-agent-v2, or masq-agent, which takes the place of both. */
export type Program = 'ip-masq-agent' | 'ip-masq-agent-v2' | 'masq-agent';

/** Which of them a container that runs an agent runs. What is started or probed says more than what it is called. */
export function programOf({ command, image, name, ...container }: Container): Program {
  const [started] = list(command);
  const other = typeof image === 'string' && /ip-masq-agent-v2/.test(image) ? 'ip-masq-agent-v2' : 'ip-masq-agent';
  if (started !== undefined) return isMasqAgent(started) ? 'masq-agent' : other;
  const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(key => valueAt(container[key], PROBED));
  if (probes.some(isMasqAgent)) return 'masq-agent';
  const repository = typeof image === 'string' ? image.replace(/@.*$/, '').replace(/:[^/]*$/, '') : '';
  if (/ip-?masq-?agent/i.test(repository)) return other;
  return isMasqAgent(repository) || name === 'masq-agent' ? 'masq-agent' : 'ip-masq-agent';
}

const PROBED = ['exec', 'command', 0] as const;

function isMasqAgent(path: unknown): boolean {
  return typeof path === 'string' && /(?:^|\/)masq-agent$/.test(path);
}

/** How one can tell that a container runs an agent, from what says the most to what says the least. */
const SIGNS: readonly ((container: Container) => boolean)[] = [
  ({ command, args }) =>
    [...list(command), ...list(args)].some(word => typeof word === 'string' && AGENT_FLAG.test(word)),
  container => programOf(container) === 'masq-agent',
  ({ name }) => name === 'ip-masq-agent' || name === 'masq-agent',
  ({ image }) => typeof image === 'string' && /ip-?masq-?agent/i.test(image),
  ({ name }) => typeof name === 'string' && /ip-?masq-?agent/i.test(name),
];

/** The index of the container that runs the agent; -1 when the DaemonSet is about something else. */
export function agentContainer(document: SourceDocument): number {
  const containers = list(valueAt(document.value, [...POD, 'containers'])).map(record);
  const found = SIGNS.map(sign => containers.findIndex(container => sign(container) && !serves(container)));
  return found.find(index => index >= 0) ?? -1;
}

/** The index of a container that runs an agent beside another one, by its flags, program or name; -1 when none does. */
export function secondAgent(document: SourceDocument, first: number): number {
  const containers = list(valueAt(document.value, [...POD, 'containers'])).map(record);
  const runs = (container: Container): boolean => SIGNS.slice(0, 3).some(sign => sign(container));
  return containers.findIndex((container, i) => i !== first && runs(container) && !serves(container));
}

/** Whether a container surely runs an agent: by its flags, its program, its name or its image. */
export function runsAgent(container: unknown): boolean {
  return !serves(record(container)) && SIGNS.slice(0, 4).some(sign => sign(record(container)));
}

/** Whether a container tells others of the agent beside it, and enforces nothing itself. */
function serves({ command, args }: Container): boolean {
  const words = [...list(command).slice(1), ...list(args)].filter(word => typeof word === 'string');
  return parseMasqAgentOptions(words).operands[0]?.word === 'serve';
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Whether Kubernetes takes a value as the name of a container or of a volume. */
export function isContainerName(value: unknown): boolean {
  return typeof value === 'string' && LABEL.test(value);
}

/** Whether Kubernetes takes a value as an amount of a resource. */
export function isQuantity(value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && parseQuantity(String(value)) !== undefined;
}

/** Checks what Kubernetes asks of a DaemonSet's pods, whatever they run, as far as it concerns the agent. */
export function checkPod(document: SourceDocument, findings: Findings): void {
  checkLists(document, POD, ['containers', 'initContainers', 'volumes'], findings);
  checkRun(document, findings);
  checkNames(document, [['initContainers', 'containers'], ['volumes']], findings);
  list(valueAt(document.value, [...POD, 'volumes'])).forEach((volume, i) => {
    const [first, second] = Object.keys(record(volume)).filter(key => key !== 'name');
    if (second === undefined) return;
    const message = `a volume has one source, and this one has ${first} and ${second}; keep one`;
    findings.add('MQ617', [...POD, 'volumes', i, second], message, 'key');
  });
  for (const kind of ['initContainers', 'containers']) {
    list(valueAt(document.value, [...POD, kind])).forEach((_, i) => {
      checkContainer(document, [...POD, kind, i], findings);
    });
  }
}

/** Lists of maps that are something else. */
function checkLists(document: SourceDocument, of: ValuePath, keys: readonly string[], findings: Findings): void {
  for (const key of keys) {
    const value = valueAt(document.value, [...of, key]);
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) {
      findings.add('MQ204', [...of, key], `${key} is a list; write "- name: …" for each of its items`, 'key');
    }
    list(value).forEach((item, i) => {
      if (typeof item === 'object' && item !== null && !Array.isArray(item)) return;
      findings.add('MQ204', [...of, key, i], `${key} is a list of maps, and ${written(item)} is none; write "name: …"`);
    });
  }
}

function checkRun(document: SourceDocument, findings: Findings): void {
  const { restartPolicy, activeDeadlineSeconds, hostUsers, hostNetwork } = record(valueAt(document.value, POD));
  if (restartPolicy !== undefined && restartPolicy !== null && restartPolicy !== 'Always') {
    const message = `the pods of a DaemonSet are always restarted; write restartPolicy: Always instead of "${written(restartPolicy)}", or remove it`;
    findings.add('MQ617', [...POD, 'restartPolicy'], message);
  }
  if (activeDeadlineSeconds !== undefined && activeDeadlineSeconds !== null) {
    const message = `the pods of a DaemonSet have no deadline; remove activeDeadlineSeconds: ${written(activeDeadlineSeconds)}`;
    findings.add('MQ617', [...POD, 'activeDeadlineSeconds'], message, 'key');
  }
  if (hostUsers === false && hostNetwork === true) {
    const message = 'pods in the host network cannot have users of their own; remove hostUsers: false';
    findings.add('MQ617', [...POD, 'hostUsers'], message);
  }
}

/** Names that Kubernetes does not take, or that stand twice in lists that share theirs. */
function checkNames(document: SourceDocument, shared: readonly (readonly string[])[], findings: Findings): void {
  for (const keys of shared) {
    const seen = new Map<unknown, ValuePath>();
    for (const key of keys) {
      list(valueAt(document.value, [...POD, key])).forEach((item, i) => {
        if (!Object.hasOwn(Object(item), 'name')) return;
        checkName(record(item).name, [...POD, key, i, 'name'], seen, findings);
      });
    }
  }
}

function checkName(name: unknown, path: ValuePath, seen: Map<unknown, ValuePath>, findings: Findings): void {
  const earlier = seen.get(name);
  if (!isContainerName(name)) {
    const wanted = 'lower-case letters, digits and dashes, at most 63';
    findings.add('MQ617', path, `"${written(name)}" is no name that Kubernetes takes here; write ${wanted}`);
  } else if (earlier) {
    const related = [{ ...findings.document.at(earlier), message: 'the first one' }];
    findings.add('MQ617', path, { message: `the name "${written(name)}" stands twice; rename one`, related });
  } else seen.set(name, path);
}

function checkContainer(document: SourceDocument, container: ValuePath, findings: Findings): void {
  const { imagePullPolicy, resources } = record(valueAt(document.value, container));
  if (typeof imagePullPolicy === 'string' && !['Always', 'IfNotPresent', 'Never'].includes(imagePullPolicy)) {
    const message = `imagePullPolicy cannot be "${imagePullPolicy}"; write Always, IfNotPresent or Never`;
    findings.add('MQ617', [...container, 'imagePullPolicy'], message);
  }
  for (const kind of ['requests', 'limits']) {
    for (const [resource, amount] of Object.entries(record(record(resources)[kind]))) {
      if (amount === undefined || isQuantity(amount)) continue;
      const message = `"${written(amount)}" is no quantity; write one such as 100m or 16Mi`;
      findings.add('MQ206', [...container, 'resources', kind, resource], message);
    }
  }
  checkAmounts(record(resources), container, findings);
  checkMounts(document, container, findings);
}

function checkAmounts(resources: Readonly<Record<string, unknown>>, container: ValuePath, findings: Findings): void {
  const [requests, limits] = [record(resources.requests), record(resources.limits)];
  for (const [resource, amount] of Object.entries(requests)) {
    const [wanted, most] = [parseQuantity(written(amount)), parseQuantity(written(limits[resource]))];
    if (wanted === undefined || most === undefined || wanted <= most) continue;
    const message = `the ${resource} request "${written(amount)}" is above the limit "${written(limits[resource])}", and Kubernetes refuses that; lower it, or raise the limit`;
    findings.add('MQ616', [...container, 'resources', 'requests', resource], message);
  }
}

function checkMounts(document: SourceDocument, container: ValuePath, findings: Findings): void {
  const seen = new Map<string, number>();
  list(valueAt(document.value, [...container, 'volumeMounts'])).forEach((mount, i) => {
    const path = normalPath(record(mount).mountPath);
    const earlier = seen.get(path);
    if (earlier === undefined) {
      seen.set(path, i);
      return;
    }
    const related = [{ ...document.at([...container, 'volumeMounts', earlier]), message: 'the first one' }];
    const message = `two volumes are mounted at ${path}; keep one`;
    findings.add('MQ617', [...container, 'volumeMounts', i, 'mountPath'], { message, related });
  });
}

/** A path in a container as text, without what changes nothing: `/etc/config` for `/etc//config/`. */
export function normalPath(path: unknown): string {
  const parts: string[] = [];
  for (const part of written(path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
