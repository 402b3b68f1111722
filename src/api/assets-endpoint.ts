import type { Context, Handler } from 'hono';
import { BurnrateError } from '../base/index.ts';
import { type Asset, type AssetEncoding, type Assets, assetEncodings } from './assets.ts';
import type { ApiEnv } from './guard.ts';

/** Serves the dashboard: files by name, and its one page for every other path a browser asks for. */
export function serveAssets(assets: Assets): Handler<ApiEnv> {
  return (context, next) => {
    const path = context.req.path;
    if (path === '/api' || path.startsWith('/api/')) return next();
    const asset = assets.get(path) ?? (wantsPage(context) ? assets.get('/index.html') : undefined);
    if (asset !== undefined) return sendAsset(context, asset);
    if (path === '/') throw notBuilt();
    return next();
  };
}

/** The dashboard's own address is its page, whoever asks. Elsewhere only who navigates gets it: a missing script stays missing. */
function wantsPage(context: Context<ApiEnv>): boolean {
  return context.req.path === '/' || (context.req.header('accept') ?? '').includes('text/html');
}

function sendAsset(context: Context<ApiEnv>, asset: Asset): Response {
  const caching = asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  const encoding = acceptedEncoding(context.req.header('accept-encoding') ?? '', asset);
  // Each encoding is a representation of its own, with its own tag.
  const etag = encoding === null ? asset.etag : `${asset.etag.slice(0, -1)}-${encoding}"`;
  const headers = { 'content-type': asset.contentType, 'cache-control': caching, etag, vary: 'accept-encoding' };
  if (holds(context.req.header('if-none-match'), etag)) return context.body(null, 304, headers);
  const body = encoding === null ? asset.body : (asset.encoded.get(encoding) ?? asset.body);
  return context.body(body, 200, encoding === null ? headers : { ...headers, 'content-encoding': encoding });
}

function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/** The smallest encoding the client takes (RFC 9110, section 12.5.3: `q=0` refuses one). */
function acceptedEncoding(accepted: string, asset: Asset): AssetEncoding | null {
  const offers = accepted.split(',').map((offer) =>
    offer
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  );
  const takes = (name: string) =>
    offers.some(([token, quality]) => token === name && !/^q=0(?:\.0*)?$/.test(quality ?? ''));
  return assetEncodings.find((name) => asset.encoded.has(name) && takes(name)) ?? null;
}

function notBuilt(): BurnrateError {
  return new BurnrateError('not_found', {
    message: 'The dashboard is not built; `npm run build` builds it. The API is at /api/openapi.json.',
  });
}
