import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild, type Plugin } from 'esbuild';
import { lock } from 'proper-lockfile';
import { place } from './place.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const ENTRIES = {
  kubectl: 'servers/kubectl/main.ts',
  argocd: 'servers/argocd/main.ts',
  prometheus: 'servers/prometheus/main.ts',
  gitea: 'servers/gitea/main.ts',
  workflows: 'servers/workflows/main.ts',
  'k8s-agent': 'cli/main.ts',
  guard: 'claude-config/hooks/main.ts',
  dashboard: 'dashboard/main.ts',
} as const;

export type Program = keyof typeof ENTRIES;
const ALL: readonly Program[] = [
  'kubectl',
  'argocd',
  'prometheus',
  'gitea',
  'workflows',
  'k8s-agent',
  'guard',
  'dashboard',
];

export interface BuildOptions {
  /** Test builds can be killed between the gate's steps; they go to dist/test. */
  readonly faultPoints: boolean;
  /** All of them unless told. */
  readonly programs?: readonly Program[];
}

/** Programs with a folder of their own, which nothing else builds into: an image copies it as it is. */
const APART: readonly Program[] = ['dashboard'];

/** Half a second between looks, a minute in all: for as long another build may take on a Pi. */
const PATIENCE = { retries: 120, factor: 1, minTimeout: 500, maxTimeout: 500 };

/** One bundle a program: what a server loads decides its start and its memory. One build at a time. */
export async function build({ faultPoints, programs = ALL }: BuildOptions): Promise<void> {
  const dist = join(root, faultPoints ? 'dist/test' : 'dist');
  await mkdir(dist, { recursive: true });
  const release = await lock(dist, { lockfilePath: join(dist, '.lock'), retries: PATIENCE });
  try {
    const together = programs.filter((program) => !APART.includes(program));
    if (together.length > 0) await bundle(together, dist, faultPoints);
    for (const program of programs.filter((each) => APART.includes(each)))
      await bundle([program], join(dist, program), faultPoints);
  } finally {
    await release();
  }
}

async function bundle(programs: readonly Program[], outdir: string, faultPoints: boolean): Promise<void> {
  const { outputFiles } = await esbuild({
    write: false,
    absWorkingDir: root,
    entryPoints: programs.map((program) => ({ in: ENTRIES[program], out: program })),
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // jsonc-parser's CommonJS form requires by variables, which no bundler can follow.
    mainFields: ['module', 'main'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    // pg asks for its native twin only when somebody wants it.
    external: ['better-sqlite3', '@resvg/resvg-wasm', 'pg-native'],
    define: { FAULT_POINTS: String(faultPoints) },
    // CommonJS dependencies call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [kubeConfigAlone, oneLocale],
    logLevel: 'warning',
  });
  await place(outdir, outputFiles);
}

/** KubeConfig needs neither the generated API classes nor undici: 60 MB and half a second of start. */
const kubeConfigAlone: Plugin = {
  name: 'kube-config-alone',
  setup: ({ onResolve, onLoad }) => {
    const isClientNode = (importer: string) => importer.includes('@kubernetes/client-node/dist/');
    onResolve({ filter: /^(undici|\.\/gen\/index\.js)$/ }, ({ path, importer }) =>
      isClientNode(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: [
        'Agent',
        'ProxyAgent',
        'createConfiguration',
        'ServerConfiguration',
        'ResponseContext',
        'RequestContext',
        'Observable',
        'from',
        'of',
      ]
        .map((name) => `export class ${name} { constructor() { throw new Error('left out of the bundle: ${name}'); } }`)
        .join('\n'),
    }));
  },
};

/** zod's messages in fifty languages are a third of its code. */
const oneLocale: Plugin = {
  name: 'one-locale',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

if (import.meta.main) await build({ faultPoints: process.argv.includes('--fault-points') });
