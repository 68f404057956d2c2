import { z } from 'zod';
import { ageOf } from '../../../shared/cluster/times.ts';
import { path } from '../../../shared/http/path.ts';
import { arrayAt, numberAt, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { TARGET } from '../api.ts';
import { prometheusTool } from '../deps.ts';

const SHOWN = 50;

export const targets = prometheusTool({
  name: 'targets',
  summary: 'List what Prometheus scrapes, with the error and age of the last scrape; those that are down first.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({ down: z.boolean().default(false).describe('Only those that are down.') }),
  target: () => [{ kind: TARGET }],
  run: async ({ down }, { prometheus, clock }, signal) => {
    const read = { path: path`/api/v1/targets`, query: { state: 'active' }, what: 'targets' };
    const all = arrayAt(await prometheus.get(read, signal), 'data', 'activeTargets').map(asTarget);
    const bad = all.filter(({ health }) => health !== 'up');
    const shown = [...bad, ...(down ? [] : all.filter(({ health }) => health === 'up'))];
    const cut = shown.length > SHOWN ? ` The first ${SHOWN} are shown.` : '';
    const said = `${count(all.length, 'target')}, ${bad.length} not up.${cut}`;
    if (shown.length === 0) return { text: said };
    const rows = shown
      .slice(0, SHOWN)
      .map(({ job, instance, health, scraped, seconds, error }) => [
        health,
        job,
        instance,
        ageOf(scraped, clock.now()),
        `${Math.round(seconds * 1000)}ms`,
        oneLine(error, 200),
      ]);
    return { text: said, data: renderTable(['HEALTH', 'JOB', 'INSTANCE', 'SCRAPED', 'TOOK', 'ERROR'], rows) };
  },
});

function asTarget(value: unknown) {
  return {
    job: stringAt(value, 'labels', 'job') ?? '',
    instance: stringAt(value, 'labels', 'instance') ?? '',
    health: stringAt(value, 'health') ?? 'unknown',
    scraped: stringAt(value, 'lastScrape') ?? '',
    seconds: numberAt(value, 'lastScrapeDuration') ?? 0,
    error: stringAt(value, 'lastError') ?? '',
  };
}
