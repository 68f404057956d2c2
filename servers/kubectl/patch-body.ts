import type { ObjectRef } from '../../shared/cluster/cluster.ts';
import { PATCH_TYPES, type WriteRequest } from '../../shared/cluster/writer.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { isObject } from '../../shared/kernel/json.ts';

export const TYPES = ['strategic', 'merge', 'json'] as const;
type PatchType = (typeof TYPES)[number];

/** Characters: the API server takes 3 MB, a person reads less. */
const MAX_PATCH = 1_000_000;

/** The request of a patch, to be bound to the version that was read. */
export function patchRequest(
  ref: ObjectRef,
  given: unknown,
  wanted: PatchType | undefined,
): (resourceVersion: string) => WriteRequest {
  const patch = typeof given === 'string' ? parse(given) : given;
  if (JSON.stringify(patch ?? null).length > MAX_PATCH) {
    throw new OpsError('too_large', `patch: more than ${MAX_PATCH} characters.`, 'Change less at once.');
  }
  const type = wanted ?? (Array.isArray(patch) ? 'json' : 'strategic');
  const bind = type === 'json' ? operations(patch) : merged(patch, type);
  // Strict: a field that the kind does not have is an error and not silence.
  const rest = { ref, method: 'PATCH', contentType: PATCH_TYPES[type], query: { fieldValidation: 'Strict' } } as const;
  return (resourceVersion) => ({ ...rest, body: bind(resourceVersion) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OpsError('invalid_input', 'patch: the text is not JSON.', 'Give an object, or an array of operations.');
  }
}

type Bind = (resourceVersion: string) => unknown;

function operations(patch: unknown): Bind {
  if (Array.isArray(patch) && patch.length > 0 && patch.every(isObject)) {
    return (value) => [...patch, { op: 'add', path: '/metadata/resourceVersion', value }];
  }
  const hint = 'For example [{"op":"replace","path":"/spec/replicas","value":2}].';
  throw new OpsError('invalid_input', 'patch: a json patch is an array of operations.', hint);
}

function merged(patch: unknown, type: PatchType): Bind {
  const metadata = isObject(patch) ? (patch.metadata ?? {}) : undefined;
  if (isObject(patch) && isObject(metadata)) {
    return (resourceVersion) => ({ ...patch, metadata: { ...metadata, resourceVersion } });
  }
  throw new OpsError(
    'invalid_input',
    `patch: a ${type} patch is an object, and so is its metadata.`,
    'For example {"spec":{"replicas":2}}; an array of operations is type json.',
  );
}
