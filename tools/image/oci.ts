import { createHash } from 'node:crypto';
import { tar } from './tar';
import { Tree } from './tree';

/** What an image is, besides its files. */
export interface ImageConfig {
  /** What it is called, without a host. */
  readonly name: string;
  /** By Debian's and OCI's name. */
  readonly architecture: string;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** When it was made, in seconds since 1970. */
  readonly created: number;
}

const OCI = 'application/vnd.oci.image';

/** What an image is called on a node that its archive was loaded on, by whichever tool: what a pod names it by there. */
export function loadedName({ name }: ImageConfig): string {
  return `localhost/${name}`;
}

/** SHA-256 as hexadecimal digits. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A part of the archive, as others of its parts name it. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Where a part of the archive is. */
function pathOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/**
 * An archive of an OCI image layout with one image of one layer, with the table of contents that `docker load` asks for.
 * The layer is not compressed: what gzip makes differs between versions of it, and `skopeo` compresses while it pushes.
 */
export function ociArchive(files: Tree, image: ImageConfig): Buffer {
  const archive = new Tree();
  const blob = (content: Buffer | object, mediaType: string): Descriptor => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const descriptor = { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
    archive.file(`/${pathOf(descriptor)}`, bytes);
    return descriptor;
  };
  const bytes = tar(files);
  const layer = blob(bytes, `${OCI}.layer.v1.tar`);
  const config = blob(imageConfig(image, sha256(bytes)), `${OCI}.config.v1+json`);
  const manifest = blob(
    { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config, layers: [layer], annotations: image.labels },
    `${OCI}.manifest.v1+json`,
  );
  const { name, architecture } = image;
  const loaded = loadedName(image);
  // podman and skopeo know an image by the first annotation, and podman puts the host before it; containerd by the second.
  const annotations = { 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': loaded };
  const manifests = [{ ...manifest, annotations, platform: { architecture, os: 'linux' } }];
  const index = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests };
  archive.file('/index.json', JSON.stringify(index));
  archive.file('/oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const content = { Config: pathOf(config), RepoTags: [loaded], Layers: [pathOf(layer)] };
  archive.file('/manifest.json', JSON.stringify([content]));
  return tar(archive);
}

function imageConfig(image: ImageConfig, layer: string): object {
  const created = new Date(image.created * 1000).toISOString();
  return {
    created,
    architecture: image.architecture,
    os: 'linux',
    config: {
      Env: Object.entries(image.environment).map(([name, value]) => `${name}=${value}`),
      Entrypoint: image.entrypoint,
      WorkingDir: '/',
      Labels: image.labels,
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created, created_by: 'npm run image' }],
  };
}
