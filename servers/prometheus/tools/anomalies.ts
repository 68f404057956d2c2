import { z } from 'zod';
import { parseSpan } from '../../../shared/cluster/times.ts';
import type { Rest } from '../../../shared/http/rest.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { METRIC } from '../api.ts';
import { type Comparison, compareWithPast, LEAST_DAYS } from '../compare-past.ts';
import { prometheusTool } from '../deps.ts';
import { evaluate } from '../evaluate.ts';
import { lookback, text, until } from '../params.ts';
import { describeLabels } from '../series.ts';
import { SIGNAL_NAMES, SIGNALS, type Signal } from '../signals.ts';
import { format } from '../units.ts';

const DAY = 86_400_000;
const DAYS = 7;
const SHOWN = 25;

export const anomalies = prometheusTool({
  name: 'anomalies',
  summary:
    'Compare CPU, memory, restarts, network and disk of workloads and nodes with the same hours of the last 7 days.',
  verb: 'query',
  effect: 'read',
  input: z.strictObject({
    since: lookback.default('1h').describe('Window that is compared: 1h, 6h.'),
    until,
    signals: z.array(z.enum(SIGNAL_NAMES)).min(1).optional().describe('Only these.'),
    namespace: text(253).optional().describe('Only workloads in it.'),
  }),
  target: () => [{ kind: METRIC }],
  run: async ({ since, until, signals, namespace }, { prometheus, clock }, signal) => {
    const end = until === undefined ? clock.now() : Date.parse(until);
    const chosen = SIGNALS.filter(({ name }) => signals === undefined || signals.some((one) => name.endsWith(one)));
    const scope = { end, window: parseSpan(since) ?? 0, namespace };
    const results: Examined[] = [];
    // One after the other: a small Prometheus has other work, too.
    for (const one of chosen) results.push(await examine(prometheus, one, scope, signal));
    const found = results.flatMap(({ found }) => found).sort((a, b) => Math.abs(b.distance) - Math.abs(a.distance));
    const text = [
      found.length === 0 ? 'Nothing unusual' : count(found.length, 'anomaly', 'anomalies'),
      ` in ${since} against the same hours of earlier days (${results.reduce((sum, { compared }) => sum + compared, 0)} series compared).`,
      ...results.flatMap(noteOf),
    ].join('');
    if (found.length === 0) return { text };
    const rows = found
      .slice(0, SHOWN)
      .map((one) => [
        one.signal.name,
        format(one.now, one.signal.unit),
        format(one.usual, one.signal.unit),
        times(one),
        `${Math.abs(one.distance).toFixed(0)}σ`,
        one.sure,
        String(one.days),
        describeLabels(Object.entries(one.labels)),
      ]);
    return { text, data: renderTable(['SIGNAL', 'NOW', 'USUAL', 'CHANGE', 'AWAY', 'SURE', 'DAYS', 'OF'], rows) };
  },
});

interface Found extends Comparison {
  readonly signal: Signal;
  readonly labels: Readonly<Record<string, string>>;
}

interface Scope {
  readonly end: number;
  readonly window: number;
  readonly namespace: string | undefined;
}

interface Examined {
  readonly signal: Signal;
  readonly found: readonly Found[];
  readonly compared: number;
  /** Series without enough days to say anything. */
  readonly young: number;
}

/** The median (or the sum) of the window now, and of the same window on each of the days before. */
async function examine(
  prometheus: Rest,
  signal: Signal,
  { end, window, namespace }: Scope,
  abort: AbortSignal,
): Promise<Examined> {
  const step = Math.max(60, Math.round(window / 60_000));
  const inner = signal.expression.replaceAll('%W', `${Math.max(300, 4 * step)}s`);
  const query = signal.whole
    ? signal.expression.replaceAll('%W', `${Math.round(window / 1000)}s`)
    : `quantile_over_time(0.5, (${inner})[${Math.round(window / 1000)}s:${step}s])`;
  const days = await Promise.all(
    Array.from({ length: DAYS + 1 }, (_, day) => evaluate(prometheus, query, end - day * DAY, abort)),
  );
  const [today = [], ...past] = days.map(({ series }) =>
    series.map(({ labels, points }) => ({
      key: describeLabels(Object.entries(labels)),
      labels,
      value: points.at(-1)?.[1] ?? Number.NaN,
    })),
  );
  const inScope = today.filter(({ labels }) => namespace === undefined || labels.namespace === namespace);
  const rows = inScope.map(({ key, labels, value }) => {
    const history = past.flatMap((day) => day.find((one) => one.key === key)?.value ?? []);
    return { labels, history, comparison: compareWithPast(value, history, signal.least) };
  });
  return {
    signal,
    found: rows.flatMap(({ labels, comparison }) =>
      comparison === undefined ? [] : [{ signal, labels, ...comparison }],
    ),
    compared: rows.filter(({ history }) => history.length >= LEAST_DAYS).length,
    young: rows.filter(({ history }) => history.length < LEAST_DAYS).length,
  };
}

function noteOf({ signal, compared, young }: Examined): readonly string[] {
  if (compared + young === 0) return [` ${signal.name}: no metrics.`];
  return young === 0
    ? []
    : [` ${signal.name}: ${count(young, 'series', 'series')} without ${LEAST_DAYS} days of history.`];
}

function times({ now, usual }: Comparison): string {
  if (usual === 0) return 'new';
  return now > usual ? `${(now / usual).toFixed(1)}×` : `−${Math.round((1 - now / usual) * 100)}%`;
}
