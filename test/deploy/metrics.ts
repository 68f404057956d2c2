import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOY } from './render.ts';

interface Family {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const families: readonly Family[] = [
  ...readFileSync(join(DEPLOY, 'README.md'), 'utf8').matchAll(/^\| `(\w+)` \| (gauge|counter|histogram) \|([^|]*)\|/gm),
].map(([, name = '', type = '', cell = '']) => ({
  ...{ name, type },
  labels: [...cell.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
}));

/** The metrics that `deploy/README.md` promises, and their types. */
export function familiesInReadme(): ReadonlyMap<string, string> {
  return new Map(families.map(({ name, type }) => [name, type]));
}

/** The series that it promises, each by its name with its labels; `up` is Prometheus' own. */
export function metricsInReadme(): ReadonlyMap<string, readonly string[]> {
  const metrics = new Map<string, readonly string[]>([['up', []]]);
  for (const { name, type, labels } of families) {
    if (type !== 'histogram') metrics.set(name, labels);
    else
      for (const part of ['_bucket', '_sum', '_count'])
        metrics.set(name + part, part === '_bucket' ? [...labels, 'le'] : labels);
  }
  return metrics;
}
