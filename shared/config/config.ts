import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { errnoOf, messageOf, OpsError } from '../kernel/errors.ts';

/** `~/.claude/k8s-agent.yaml`. Secrets are named by file or environment variable, never written into it. */
export const configSchema = z.strictObject({
  kubectl: z
    .strictObject({
      kubeconfig: z
        .string()
        .min(1)
        .optional()
        .describe('Path of the kubeconfig; KUBECONFIG, then ~/.kube/config, where it is left out.'),
      context: z.string().min(1).optional().describe('Its context; the current one where it is left out.'),
    })
    .default({}),
  approvals: z
    .strictObject({
      expires: z.int().min(1).max(1440).default(15).describe('Minutes that an approval stands.'),
    })
    .default({ expires: 15 }),
});

export type Config = z.output<typeof configSchema>;

/** Reads the file; its absence means the defaults. Errors carry line and column. */
export function readConfig(file: string): Config {
  return parseConfig(read(file), file);
}

export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const where = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) throw invalid(where(syntax.pos[0]), syntax.message.split('\n')[0] ?? 'not YAML');
  const result = configSchema.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknownKey].map((part) => (typeof part === 'symbol' ? String(part) : part));
  throw invalid(where(offsetOf(document, path)), `${path.join('.') || 'the file'}: ${issue?.message ?? 'not valid'}`);
}

/** Where the key under `path` stands, or the nearest one above it. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const holder = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const pairs = isMap(holder) ? holder.items : [];
    const key = pairs.find((pair) => isScalar(pair.key) && pair.key.value === path[length - 1])?.key;
    if (isScalar(key) && key.range) return key.range[0];
  }
  return 0;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw invalid(file, messageOf(error));
  }
}

function invalid(where: string, what: string): OpsError {
  const sections = Object.entries(configSchema.shape).map(
    ([key, section]) => `${key} (${Object.keys(section.unwrap().shape).join(', ')})`,
  );
  return new OpsError('config_invalid', `${where}: ${what}.`, `Valid keys: ${sections.join('; ')}.`);
}
