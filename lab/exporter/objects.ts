import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';

export const nameOf = (object: unknown) => stringAt(object, 'metadata', 'name') ?? '';
export const namespaceOf = (object: unknown) => stringAt(object, 'metadata', 'namespace') ?? '';
export const annotationOf = (object: unknown, key: string) => stringAt(object, 'metadata', 'annotations', key);

/** The labels that name an object in its kind's series. */
export const identity = (kind: string, object: unknown) => ({ namespace: namespaceOf(object), [kind]: nameOf(object) });

/** Seconds since 1970 of an RFC 3339 time. */
export function seconds(object: unknown, ...path: readonly string[]): number | undefined {
  const text = stringAt(object, ...path);
  return text === undefined ? undefined : Date.parse(text) / 1000;
}

/** The status (`True`, `False`, `Unknown`) of one of an object's conditions. */
export function conditionOf(object: unknown, type: string): string | undefined {
  const found = arrayAt(object, 'status', 'conditions').find((condition) => at(condition, 'type') === type);
  return stringAt(found, 'status');
}

/** Names and texts of a map such as labels or resources. */
export function entries(object: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] {
  const found = at(object, ...path);
  return isObject(found) ? Object.entries(found) : [];
}
