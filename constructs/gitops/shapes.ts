import type { JsonSchema } from '../../core/schema/shape';
import { SUBDOMAIN } from '../props';

/** A schema of texts, with the words for what is wanted. */
export interface TextShape extends JsonSchema {
  readonly type: 'string';
  readonly pattern: string;
  readonly 'x-wanted': string;
}

function text(pattern: string, wanted: string): TextShape {
  return { type: 'string', pattern, 'x-wanted': wanted };
}

/** A host, perhaps behind a user's name: a password in a URL would be one in the repo. */
const HOST = String.raw`(?:[\w.+-]+@)?[A-Za-z0-9\[][\w.\[\]:-]*`;
const REST = String.raw`/[^\s?#]*[^\s?#/]`;

/** The URL of a Git repository, as Argo CD takes it. */
export const GIT_REPO = text(
  `^(?:(?:https?|ssh)://${HOST}${REST}|[\\w.-]+@[A-Za-z0-9][\\w.-]*:[^\\s/][^\\s?#]*)$`,
  'the URL of a Git repository without a password, such as "https://github.com/org/repo.git" or "git@github.com:org/repo.git"',
);

/** The URL of a Git repository, as Flux takes it; its schema wants a scheme. */
export const FLUX_GIT_REPO = text(
  `^(?:https?|ssh)://${HOST}${REST}$`,
  'the URL of a Git repository without a password, such as "https://github.com/org/repo.git" or "ssh://git@github.com/org/repo.git"',
);

/** The URL of an OCI repository; tags and digests are said apart. */
export const OCI_REPO = text(
  String.raw`^oci://[A-Za-z0-9][\w.-]*(?::\d+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$`,
  'the URL of an OCI repository without a tag, such as "oci://ghcr.io/org/manifests"',
);

/** A branch, a tag or a commit. */
export const GIT_REVISION = text(
  String.raw`^(?!.*(?:\.\.|//|/$|\.lock$|\.$))[A-Za-z0-9_][\w./+-]*$`,
  'a branch such as "main", "refs/tags/" and a tag, or a commit',
);

/** A tag or a digest. */
export const OCI_REVISION = text(
  String.raw`^(?:[A-Za-z0-9_][\w.-]{0,127}|sha256:[0-9a-f]{64})$`,
  'a tag such as "latest", or a digest such as "sha256:…"',
);

/** A folder below a repository's root, or the root itself. */
export const FOLDER = text(
  String.raw`^(?:\.|(?!\.\.?(?:/|$))[\w.@+-]+(?:/(?!\.\.?(?:/|$))[\w.@+-]+)*)$`,
  'the path of a folder below the root of the repository, such as "dist", or "." for the root itself',
);

/** A name that is a label's value too: Argo CD may track what belongs to an Application by such a label. */
export const LABEL_NAME = text(
  '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  'lower-case letters, digits and dashes, at most 63',
);

/** A cluster, as Argo CD knows it: by the URL of its API server, or by its name, which may be an ARN of EKS. */
export const DESTINATION = text(
  String.raw`^(?:https://[A-Za-z0-9\[][\w.\[\]:-]*(?:/[^\s?#]*)?|(?:arn:[\w:-]+/)?[A-Za-z0-9](?:[\w.@/-]*[A-Za-z0-9])?)$`,
  'the URL of an API server such as "https://203.0.113.1:6443", or the name of a cluster',
);

/** A span of time as Go writes it, so that no program that reads and writes it changes it. */
export const DURATION = text(
  '^(?:[1-9][0-9]*h(?:[0-9]|[1-5][0-9])m(?:[0-9]|[1-5][0-9])s|(?:[1-9]|[1-5][0-9])m(?:[0-9]|[1-5][0-9])s|(?:[1-9]|[1-5][0-9])s)$',
  'a span as Go writes it, such as "30s", "10m0s" or "1h0m0s"',
);

/** The name of an object of another kind. */
export const OBJECT_NAME: JsonSchema = SUBDOMAIN;

/** What is wrong with a text, in words that quote it; undefined when nothing is. */
export function textFault(value: string, shape: JsonSchema): string | undefined {
  if (new RegExp(String(shape.pattern), 'u').test(value)) return undefined;
  return `"${withoutPassword(value)}" is not allowed; write ${String(shape['x-wanted'])}`;
}

/** A message ends up in logs. */
function withoutPassword(text: string): string {
  return text.replace(/^(\w+:\/\/[^/@:]*:)[^/@]*(?=@)/, '$1***');
}

/** What is wrong with how many clusters may change at once; undefined when nothing is. */
export function maxUpdateFault(value: unknown): string | undefined {
  const isNumber = Number.isSafeInteger(value) && Number(value) >= 0;
  if (isNumber || (typeof value === 'string' && /^(?:[1-9]\d?|100)%$/.test(value))) return undefined;
  return `"${String(value)}" is not allowed; write a number such as 1, a share such as "25%", or 0 to wait for a hand`;
}
