import type { KubeObject } from '../../shared/cluster/objects.ts';
import { stringAt } from '../../shared/kernel/json.ts';

/** The version to write against: the API server refuses (409) what has changed since. */
export function versionOf(object: KubeObject): string {
  return stringAt(object, 'metadata', 'resourceVersion') ?? '';
}

export function uidOf(object: KubeObject): string {
  return stringAt(object, 'metadata', 'uid') ?? '';
}

export function warningLines(warnings: readonly string[]): readonly string[] {
  return warnings.map((warning) => `warning from the API server: ${warning}`);
}
