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

/**
 * What of a call's input may stand in a log or a preview: no Secret data, no field that holds a secret by its name.
 * `secret` says that the call is about a Secret: then a patch of it is masked whole, since it does not name its kind.
 */
export async function redact(input: Readonly<Record<string, unknown>>, secret = false): Promise<Redacted> {
  const masked: string[] = [];
  const value: Record<string, Json> = {};
  for (const [key, field] of Object.entries(input)) value[key] = await redactField(key, field, secret, masked);
  return { value, masked };
}

async function redactField(key: string, field: unknown, secret: boolean, masked: string[]): Promise<Json> {
  if (typeof field === 'string' && /\bkind\b/.test(field)) return redactManifest(key, field, masked);
  const structured = typeof field === 'object' || (typeof field === 'string' && /[{\n]/.test(field));
  return secret && structured ? maskAll(field, key, masked) : scrubField(key, field, key, masked);
}

/** A manifest that cannot be read may hold anything, so only its digest is kept. */
async function redactManifest(key: string, text: string, masked: string[]): Promise<Json> {
  const documents = text.includes('\n') || text.includes('{') ? await objectsIn(text) : undefined;
  if (documents !== undefined) return documents.map((document, i) => scrub(document, `${key}[${i}]`, masked));
  if (!/[{\n]/.test(text)) return scrubField(key, text, key, masked);
  masked.push(key);
  return digestOf(text);
}

/** A copy of one Kubernetes object without what is secret in it. */
export function redactObject(object: unknown): unknown {
  return scrub(object, '', []);
}

function scrub(value: unknown, path: string, masked: string[]): Json {
  if (Array.isArray(value)) return value.map((item, index) => scrub(item, `${path}[${index}]`, masked));
  if (!isObject(value)) return scrubScalar(value, path, masked);
  const secret = value.kind === 'Secret';
  // `{ name: DB_PASSWORD, value: ... }`: a container's environment has the secret's name beside it.
  const variable = typeof value.name === 'string' && isSecretKey(value.name) && typeof value.value === 'string';
  const entries = Object.entries(value).map(([key, field]) => {
    const inner = path === '' ? key : `${path}.${key}`;
    if (secret && (key === 'data' || key === 'stringData')) return [key, maskAll(field, inner, masked)] as const;
    return [key, scrubField(variable && key === 'value' ? String(value.name) : key, field, inner, masked)] as const;
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
  return `${text.slice(0, 200)}… ${digestOf(value)}`;
}

function digestOf(text: string): string {
  return `(${text.length} characters, sha256 ${sha256(text)})`;
}

/** The objects in a manifest, or undefined where it is none. An alias bomb is not expanded: it is none. */
async function objectsIn(text: string): Promise<readonly unknown[] | undefined> {
  if (text.length > 1_000_000) return undefined;
  // Loaded when there is a manifest to read: most servers never see one.
  const { parseAllDocuments } = await import('yaml');
  try {
    // uniqueKeys compares every key with every other: 40,000 keys would take 46 s.
    const documents = parseAllDocuments(text, { uniqueKeys: false });
    if (documents.some(({ errors }) => errors.length > 0)) return undefined;
    const objects = documents.map((document) => document.toJS({ maxAliasCount: 100 }));
    return objects.every((object) => object === null || isObject(object)) ? objects : undefined;
  } catch {
    return undefined;
  }
}
