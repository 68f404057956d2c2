import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What an image holds, and how it is started. */
export interface Image {
  /** Its files, as far as they come from us. */
  readonly root: string;
  readonly workdir: string;
  readonly user: string;
  readonly env: Record<string, string>;
  readonly cmd: readonly string[];
}

interface BuildInput {
  readonly context: string;
  /** Where to put the image's files. */
  readonly folder: string;
  /** Build arguments; NODE_IMAGE is taken as an empty image whatever it is. */
  readonly args: Readonly<Record<string, string>>;
}

/**
 * Does what the Containerfile says, without a base image and without a container tool: it copies exactly what is copied
 * there. Throws at what needs more than that, such as RUN.
 */
export function assemble(text: string, input: BuildInput): Image {
  const args: Record<string, string> = { ...input.args };
  const stages = new Map<string, Image>();
  let image = emptyImage(input.folder);
  const steps: Record<string, (words: readonly string[], rest: string) => void> = {
    ARG: ([word = '']) => {
      for (const [name, value] of pairs(word)) args[name] ??= value;
    },
    FROM: ([base = '', , name]) => {
      image = stages.get(base) ?? emptyImage(input.folder);
      if (name !== undefined) stages.set(name, image);
    },
    COPY: (words) => copy(words, image, (stage) => (stage ? stages.get(stage)?.root : input.context)),
    ENV: (words) => Object.assign(image.env, Object.fromEntries(words.flatMap(pairs))),
    WORKDIR: ([path = '']) => Object.assign(image, { workdir: path }),
    USER: ([user = '']) => Object.assign(image, { user }),
    CMD: (_, rest) => Object.assign(image, { cmd: JSON.parse(rest) }),
    LABEL: () => undefined,
    EXPOSE: () => undefined,
  };
  for (const [instruction, rest] of instructionsOf(text)) {
    const step = steps[instruction];
    if (step === undefined) throw new Error(`${instruction} needs a container tool`);
    step(rest.replaceAll(/\$\{(\w+)\}/g, (_, name) => args[name] ?? '').split(' '), rest);
  }
  return image;
}

const emptyImage = (folder: string): Image => ({
  root: mkdtempSync(join(folder, 'stage-')),
  workdir: '/',
  user: 'root',
  env: {},
  cmd: [],
});

function instructionsOf(text: string): [string, string][] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n');
  return lines.filter(Boolean).map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()]);
}

const pairs = (word: string): [string, string][] =>
  word.includes('=') ? [[word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]] : [];

/** A folder's content goes into the target, a file beside its like. Throws where there is nothing to copy. */
function copy(words: readonly string[], image: Image, rootOf: (stage?: string) => string | undefined): void {
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const [target = '', ...sources] = words.filter((word) => !word.startsWith('--')).reverse();
  const to = target.startsWith('/') ? join(image.root, target) : join(image.root, image.workdir, target);
  for (const source of sources) {
    const found = globSync(join(rootOf(stage) ?? '', source));
    if (found.length === 0) throw new Error(`COPY ${source}: there is no such file: npm run build`);
    mkdirSync(to, { recursive: true });
    for (const path of found)
      cpSync(path, statSync(path).isDirectory() ? to : join(to, basename(path)), { recursive: true });
  }
}

/** Every file below a folder, by its path from there. */
export const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
