import { redactObject } from '../../shared/audit/redact.ts';
import { contentOf } from '../../shared/cluster/content.ts';
import type { KubeObject } from '../../shared/cluster/objects.ts';
import { toYaml } from '../../shared/cluster/yaml.ts';
import { at, isObject } from '../../shared/kernel/json.ts';
import { diffLines, type LineDiff } from '../../shared/kernel/line-diff.ts';

/** The change from `before` (undefined: it does not exist yet) to `after`, without what the server keeps by itself. */
export function diffObjects(before: KubeObject | undefined, after: KubeObject): LineDiff {
  const old = before === undefined ? '' : toYaml(redactObject(contentOf(before)));
  const wanted = toYaml(markChanges(redactObject(contentOf(after)), before ?? {}, after));
  return diffLines(old, wanted);
}

/** Two masked values look alike, so a masked value that changes says so. */
function markChanges(masked: unknown, before: unknown, after: unknown): unknown {
  if (Array.isArray(masked)) {
    return masked.map((item, index) => markChanges(item, itemAt(before, index), itemAt(after, index)));
  }
  if (isObject(masked)) {
    const entries = Object.entries(masked);
    return Object.fromEntries(
      entries.map(([key, value]) => [key, markChanges(value, at(before, key), at(after, key))]),
    );
  }
  const hidden = typeof masked === 'string' && masked !== after;
  return hidden && before !== undefined && before !== after ? `${masked} (changed)` : masked;
}

function itemAt(value: unknown, index: number): unknown {
  return Array.isArray(value) ? value[index] : undefined;
}
