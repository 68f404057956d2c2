import { isObject } from '../kernel/json.ts';
import type { KubeObject } from './objects.ts';

const SERVER_SET = ['resourceVersion', 'uid', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'];

/** An object as a person would write it: status and the bookkeeping of the API server are no part of a change. */
export function contentOf(object: KubeObject): KubeObject {
  const { status: _, metadata, ...rest } = object;
  const kept = isObject(metadata) ? Object.entries(metadata).filter(([key]) => !SERVER_SET.includes(key)) : [];
  const { apiVersion, kind, ...content } = rest;
  return { apiVersion, kind, metadata: Object.fromEntries(kept), ...content };
}
