import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../dashboard/page', import.meta.url));

/** The dashboard's page script and stylesheet as the server sends them: it embeds them, and reads no file. */
export function pageAssets(): string {
  return `${JSON.stringify({ script: bundle('main.ts'), style: bundle('style.css') }, null, 2)}\n`;
}

function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome120', 'firefox121', 'safari17'],
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}
