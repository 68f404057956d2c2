import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOY } from './render.ts';

/** The metrics that `deploy/README.md` promises, each series by its name with its labels; `up` is Prometheus' own. */
export function metricsInReadme(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(join(DEPLOY, 'README.md'), 'utf8').matchAll(
    /^\| `(\w+)` \| (gauge|counter|histogram) \|([^|]*)\|/gm,
  );
  const metrics = new Map<string, readonly string[]>([['up', []]]);
  for (const [, name = '', type, cell = ''] of rows) {
    const labels = [...cell.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
    if (type !== 'histogram') metrics.set(name, labels);
    else
      for (const part of ['_bucket', '_sum', '_count'])
        metrics.set(name + part, part === '_bucket' ? [...labels, 'le'] : labels);
  }
  return metrics;
}
