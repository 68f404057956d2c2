import { mkdir } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { launchBrowser } from '../test/support/browser.ts';

/** `node bench/screenshots.ts`: the dashboard's pages over sample data, as docs/screenshots shows them. */
const VIEWS = {
  status: '/',
  pending: '/pending',
  approval: '/pending/ap-9r4t6w2e8y',
  history: '/history',
  run: '/runs/run-7k2m4x9q1c',
  workflows: '/workflows',
  workflow: '/workflows/pod-crashloop-remediation',
  login: '/login',
};
const SIZES = [
  { width: 1280, height: 800, scheme: 'light' },
  { width: 360, height: 740, scheme: 'dark' },
] as const;

// Node strips types, and leaves JSX to others.
registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith('.tsx')) return next(url, context);
    const { source } = next(url, { ...context, format: 'module' });
    const { code } = transformSync(String(source), { loader: 'tsx', jsx: 'automatic', jsxImportSource: 'hono/jsx' });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
await mkdir(folder, { recursive: true });
const { serveGallery } = await import('../test/dashboard/views/gallery.ts');
const gallery = await serveGallery();
const browser = await launchBrowser();
try {
  for (const { width, height, scheme } of SIZES) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
    for (const [name, path] of Object.entries(VIEWS)) {
      await page.goto(`${gallery.url}${path}`);
      await page.screenshot({ path: `${folder}${name}-${width}.png`, fullPage: true, animations: 'disabled' });
    }
    await page.close();
  }
} finally {
  await browser.close();
  await gallery.close();
}
