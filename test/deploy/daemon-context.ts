import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEPLOY } from './render.ts';

const PARTS = ['package.json', 'claude-config', 'workflows', 'dist'];
const MODULES = ['better-sqlite3', '@resvg/resvg-wasm', 'dejavu-fonts-ttf'].map((name) => `node_modules/${name}`);
const LEFT_OUT = /\/dist\/(test|claude|dashboard)(\/|$)/;

/** What the daemon's Containerfile copies from a checkout, with something small in the place of the client's 360 MB. */
export function contextWithClient(context: string): string {
  const filter = (path: string) => !LEFT_OUT.test(path);
  for (const part of [...PARTS, ...MODULES])
    cpSync(join(DEPLOY, '..', part), join(context, part), { recursive: true, filter });
  for (const platform of ['linux-x64', 'linux-arm64']) {
    const file = join(context, `dist/claude/node_modules/@anthropic-ai/claude-code-${platform}/claude`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '#!/bin/sh\necho 2.1.330\n');
    chmodSync(file, 0o755);
  }
  return context;
}
