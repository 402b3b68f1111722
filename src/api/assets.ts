import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip as gzipCompress } from 'node:zlib';

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzipCompress);

/** Encodings sent, the smallest first. */
export const assetEncodings = ['br', 'gzip'] as const;
export type AssetEncoding = (typeof assetEncodings)[number];

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The body compressed once at the start, where that makes it smaller. */
  readonly encoded: ReadonlyMap<AssetEncoding, Uint8Array<ArrayBuffer>>;
  readonly contentType: string;
  readonly etag: string;
  /** True when the name carries a hash of the content, so that it never changes. */
  readonly immutable: boolean;
}

/** The built dashboard, read once: URL path → file. Only these paths exist, so no path can climb out of the folder. */
export type Assets = ReadonlyMap<string, Asset>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

const filesMax = 1_000;

/** Reads the folder the dashboard's build wrote; a folder that is not there gives no assets. */
export async function loadAssets(folder: string): Promise<Assets> {
  const assets = new Map<string, Asset>();
  for (const file of await filesIn(folder)) {
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    const contentType = contentTypes[extname(file)];
    if (contentType !== undefined && assets.size < filesMax) assets.set(path, await readAsset(file, path, contentType));
  }
  return assets;
}

async function readAsset(file: string, path: string, contentType: string): Promise<Asset> {
  const body = new Uint8Array(await readFile(file));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const encoded = compressible.test(contentType) ? await compress(body) : new Map();
  return { body, encoded, contentType, etag, immutable: path.startsWith('/assets/') };
}

const compressible = /^(?:text\/|application\/(?:json|manifest\+json|wasm)|image\/svg)/;
/** Below this a header costs what compression saves. */
const compressedBytesMin = 512;
/** Of 11: the last steps take many times longer for one or two percent. */
const brotliQuality = 9;

async function compress(body: Uint8Array<ArrayBuffer>): Promise<Asset['encoded']> {
  if (body.length < compressedBytesMin) return new Map();
  const parameters = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  const [br, gzip] = await Promise.all([brotli(body, { params: parameters }), gzipped(body)]);
  return new Map<AssetEncoding, Uint8Array<ArrayBuffer>>([
    ['br', new Uint8Array(br)],
    ['gzip', new Uint8Array(gzip)],
  ]);
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
