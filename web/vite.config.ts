import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';

const webFolder = fileURLToPath(new URL('.', import.meta.url));

/** Builds the dashboard to web/dist; everything it loads comes from its own origin, so `default-src 'self'` holds. */
export default defineConfig({
  root: webFolder,
  base: '/',
  plugins: [react(), namePageFiles()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined data: URLs would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': process.env.BURNRATE_API ?? 'http://127.0.0.1:4711' } },
});

/** The entry only asks the first questions; index.html names the files of the page behind it, so that they come at the same time. */
function namePageFiles(): Plugin {
  return {
    name: 'name-page-files',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const page = Object.values(bundle).find(
          (file) => file.type === 'chunk' && (file.facadeModuleId?.endsWith('/src/start.tsx') ?? false),
        );
        const files = page === undefined ? [] : filesOf(page.fileName, bundle, new Set());
        const links = [...files].map((file): HtmlTagDescriptor => {
          const rel = file.endsWith('.css') ? 'stylesheet' : 'modulepreload';
          return { tag: 'link', attrs: { rel, crossorigin: true, href: `/${file}` }, injectTo: 'head' };
        });
        return links;
      },
    },
  };
}

type Bundle = NonNullable<
  Parameters<Extract<Plugin['transformIndexHtml'], { handler: unknown }>['handler']>[1]['bundle']
>;

/** A chunk, what it loads at once, and their styles: the page's own styles, with the library's, before those of its parts. */
function filesOf(name: string, bundle: Bundle, found: Set<string>): Set<string> {
  const chunk = bundle[name];
  if (chunk?.type !== 'chunk' || found.has(name)) return found;
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
  found.add(name);
  for (const other of chunk.imports) filesOf(other, bundle, found);
  return found;
}
