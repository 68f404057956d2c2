import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 (hex) of the value's canonical JSON (RFC 8785): the order of keys does not matter. */
export function digest(value: unknown): string {
  return sha256(canonicalize(value) ?? 'undefined');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
