import type { Context, Handler } from 'hono';
import { BurnrateError } from '../base/index.ts';
import type { Asset, Assets } from './assets.ts';
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

/** A browser that navigates says that it wants HTML; a missing script or picture stays missing. */
function wantsPage(context: Context<ApiEnv>): boolean {
  return (context.req.header('accept') ?? '').includes('text/html');
}

function sendAsset(context: Context<ApiEnv>, asset: Asset): Response {
  const caching = asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  const headers = { 'content-type': asset.contentType, 'cache-control': caching, etag: asset.etag };
  if (context.req.header('if-none-match') === asset.etag) return context.body(null, 304, headers);
  return context.body(asset.body, 200, headers);
}

function notBuilt(): BurnrateError {
  return new BurnrateError('not_found', {
    message: 'The dashboard is not built; `npm run build` builds it. The API is at /api/openapi.json.',
  });
}
