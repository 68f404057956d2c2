import { readFileSync, statSync } from 'node:fs';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { errnoOf, messageOf, OpsError } from '../kernel/errors.ts';
import { at, isObject } from '../kernel/json.ts';
import { DEFAULT_POLICY, type Policy, parsePolicy } from '../policy/policy.ts';

/**
 * The policy in the user's settings.json, read anew when the file has changed, so that a stricter rule counts at once.
 * A file that cannot be read or understood refuses everything: it throws, and the gate answers with the reason.
 */
export function policyFrom(settings: string): () => Policy {
  let known: { readonly version: string; readonly policy: Policy } | undefined;
  return () => {
    const version = versionOf(settings);
    if (version === undefined) return DEFAULT_POLICY;
    if (known?.version !== version) known = { version, policy: parsePolicy(at(readSettings(settings), 'autonomy')) };
    return known.policy;
  };
}

/** The content of settings.json; an empty object where there is no file. */
export function readSettings(file: string): Record<string, unknown> {
  const text = read(file);
  if (text === undefined) return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    throw invalid(file, `${printParseErrorCode(first.error)} at ${position(text, first.offset)}`);
  }
  if (!isObject(value)) throw invalid(file, 'it is not a JSON object');
  return value;
}

function versionOf(file: string): string | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw invalid(file, messageOf(error), error);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw invalid(file, messageOf(error), error);
  }
}

function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function invalid(file: string, what: string, cause?: unknown): OpsError {
  return new OpsError(
    'policy_invalid',
    `${file} cannot be used: ${what}.`,
    'Nothing runs without a policy: repair the file.',
    { cause },
  );
}
