import { parseAllDocuments } from 'yaml';
import { sha256 } from '../kernel/digest.ts';
import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import { isSecretKey, MASK, maskText } from '../kernel/secrets.ts';

export interface Redacted {
  readonly value: JsonObject;
  /** Where something was masked: `manifest[0].data.password`. */
  readonly masked: readonly string[];
}

/** Longer strings are logged as their start, length and digest, so that a 10 MB manifest does not fill the disk. */
const MAX_STRING = 4_000;

/** What of a call's input may stand in a log or a preview: no Secret data, no field that holds a secret by its name. */
export function redact(input: Readonly<Record<string, unknown>>): Redacted {
  const masked: string[] = [];
  const value: Record<string, Json> = {};
  for (const [key, field] of Object.entries(input)) {
    const documents = typeof field === 'string' && /\bkind\b/.test(field) ? objectsIn(field) : undefined;
    value[key] = documents
      ? documents.map((d, i) => scrub(d, `${key}[${i}]`, masked))
      : scrubField(key, field, key, masked);
  }
  return { value, masked };
}

/** A copy of one Kubernetes object without what is secret in it. */
export function redactObject(object: unknown): unknown {
  return scrub(object, '', []);
}

function scrub(value: unknown, path: string, masked: string[]): Json {
  if (Array.isArray(value)) return value.map((item, index) => scrub(item, `${path}[${index}]`, masked));
  if (!isObject(value)) return scrubScalar(value, path, masked);
  const secret = value.kind === 'Secret';
  const entries = Object.entries(value).map(([key, field]) => {
    const inner = path === '' ? key : `${path}.${key}`;
    if (secret && (key === 'data' || key === 'stringData')) return [key, maskAll(field, inner, masked)] as const;
    return [key, scrubField(key, field, inner, masked)] as const;
  });
  return Object.fromEntries(entries);
}

/** kubectl keeps a whole copy of the object, secrets included, in this annotation. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function scrubField(key: string, field: unknown, path: string, masked: string[]): Json {
  const holdsSecret =
    key === LAST_APPLIED || (isSecretKey(key) && (typeof field === 'string' || typeof field === 'number'));
  if (!holdsSecret) return scrub(field, path, masked);
  masked.push(path);
  return MASK;
}

function maskAll(field: unknown, path: string, masked: string[]): Json {
  if (!isObject(field)) {
    masked.push(path);
    return MASK;
  }
  const entries = Object.keys(field).map((key) => {
    masked.push(`${path}.${key}`);
    return [key, MASK] as const;
  });
  return Object.fromEntries(entries);
}

function scrubScalar(value: unknown, path: string, masked: string[]): Json {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const text = maskText(value);
  if (text !== value) masked.push(path);
  if (text.length <= MAX_STRING) return text;
  return `${text.slice(0, 200)}… (${value.length} characters, sha256 ${sha256(value)})`;
}

/** The objects in a manifest, or undefined where it is none. An alias bomb is not expanded: it is none. */
function objectsIn(text: string): readonly unknown[] | undefined {
  if (text.length > 1_000_000) return undefined;
  try {
    const objects = parseAllDocuments(text).map((document) => document.toJS({ maxAliasCount: 100 }));
    return objects.length > 0 && objects.every((object) => object === null || isObject(object)) ? objects : undefined;
  } catch {
    return undefined;
  }
}
