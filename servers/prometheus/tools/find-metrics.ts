import { z } from 'zod';
import { path } from '../../../shared/http/path.ts';
import { at, isObject, stringAt } from '../../../shared/kernel/json.ts';
import { count, oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { prometheusTool } from '../deps.ts';
import { evaluate, labelValues } from '../evaluate.ts';
import { text } from '../params.ts';
import { unitOf } from '../units.ts';

const SHOWN = 25;
const WITH_LABELS = 5;

export const findMetrics = prometheusTool({
  name: 'find_metrics',
  summary: 'Find metrics by words in their name or help, with type, number of series and labels.',
  verb: 'list',
  effect: 'read',
  input: z.strictObject({
    words: text(200)
      .refine((value) => value.trim() !== '', 'empty')
      .describe('All must occur: memory working.'),
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ words }, { prometheus, clock }, signal) => {
    const [names, metadata] = await Promise.all([
      labelValues(prometheus, '__name__', [], signal),
      prometheus.get({ path: path`/api/v1/metadata`, query: { limit_per_metric: 1 }, what: 'metadata' }, signal),
    ]);
    const wanted = words
      .toLowerCase()
      .split(/[\s_]+/)
      .filter(Boolean);
    const known = names.map((name) => ({ name, ...metaOf(at(metadata, 'data'), name) }));
    const hits = known
      .map((metric) => ({ ...metric, score: score(metric, wanted) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.name.length - b.name.length);
    const shown = hits.slice(0, SHOWN);
    if (shown.length === 0)
      return { text: `None of ${count(names.length, 'metric')} has all of: ${wanted.join(' ')}. Try fewer words.` };
    const pattern = shown.map(({ name }) => name.replace(/[^\w:]/g, '.')).join('|');
    const counted = await evaluate(prometheus, `count by (__name__) ({__name__=~"${pattern}"})`, clock.now(), signal);
    const counts = new Map(counted.series.map(({ labels, points }) => [labels.__name__, points.at(-1)?.[1] ?? 0]));
    const labels = await Promise.all(
      shown.slice(0, WITH_LABELS).map(({ name }) => labelNames(prometheus, name, signal)),
    );
    const cut = hits.length > SHOWN ? ` The ${SHOWN} nearest are shown.` : '';
    const rows = shown.map(({ name, type, unit, help }, index) => [
      name,
      type,
      unit,
      String(counts.get(name) ?? 0),
      labels[index]?.join(',') ?? '',
      help,
    ]);
    return {
      text: `${count(hits.length, 'metric')}.${cut}`,
      data: renderTable(['METRIC', 'TYPE', 'UNIT', 'SERIES', 'LABELS', 'HELP'], rows),
    };
  },
});

function metaOf(metadata: unknown, name: string) {
  // A histogram's metadata stands under its base name.
  const found = at(metadata, name) ?? at(metadata, name.replace(/_(bucket|sum|count|total)$/, ''));
  const [first] = Array.isArray(found) ? found : [];
  const unit = stringAt(first, 'unit') || unitOf(name);
  return {
    type: stringAt(first, 'type') ?? '-',
    unit: unit === 'none' ? '-' : unit,
    help: oneLine(stringAt(first, 'help') ?? '', 100),
  };
}

/** All words have to occur; a word in the name counts more than one in the help. */
function score({ name, help }: { readonly name: string; readonly help: string }, words: readonly string[]): number {
  const each = words.map((word) => (name.toLowerCase().includes(word) ? 2 : help.toLowerCase().includes(word) ? 1 : 0));
  return each.includes(0) ? 0 : each.reduce<number>((sum, one) => sum + one, 0);
}

async function labelNames(
  prometheus: Parameters<typeof labelValues>[0],
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const read = { path: path`/api/v1/labels`, query: { 'match[]': name }, what: `labels of ${name}` };
  const answer = await prometheus.get(read, signal);
  const labels = isObject(answer) && Array.isArray(answer.data) ? answer.data.map(String) : [];
  return labels.filter((label) => label !== '__name__');
}
