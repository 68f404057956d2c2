import { distance } from 'fastest-levenshtein';
import { span } from '../../shared/cluster/times.ts';
import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';
import { evaluate, labelValues } from './evaluate.ts';

/** Values of a label, or names of metrics, that are shown in place of one that there is not. */
const SHOWN = 15;
const NEAREST = 3;

interface Reason {
  readonly text: string;
  /** Names and values, which come from what is monitored. */
  readonly data?: string;
}

interface Selector {
  readonly name: string;
  readonly matchers: readonly { readonly name: string; readonly type: string; readonly value: string }[];
}

/** Why an expression has no result at a time, as far as Prometheus itself can tell. */
export async function whyEmpty(prometheus: Rest, query: string, at: number, signal: AbortSignal): Promise<Reason> {
  const selectors = await selectorsOf(prometheus, query, signal);
  if (selectors.length === 0) return { text: 'No result: no series match at that time.' };
  const names = await labelValues(prometheus, '__name__', [], signal);
  for (const selector of selectors) {
    const reason =
      unknownMetric(selector, names) ??
      (await unknownValue(prometheus, selector, signal)) ??
      (await goneSince(prometheus, selector, at, signal));
    if (reason !== undefined) return reason;
  }
  return {
    text: 'No result: its series exist, and none passes the conditions, or no two match each other. A comparison without `bool` keeps only those for which it is true.',
  };
}

function unknownMetric({ name }: Selector, names: readonly string[]): Reason | undefined {
  if (name === '' || names.includes(name)) return undefined;
  const near = [...names].sort((a, b) => distance(a, name) - distance(b, name)).slice(0, NEAREST);
  return {
    text: `No result: there is no metric "${name}". find_metrics looks for others.`,
    data: `nearest: ${near.join(', ')}`,
  };
}

async function unknownValue(prometheus: Rest, selector: Selector, signal: AbortSignal): Promise<Reason | undefined> {
  const { name, matchers } = selector;
  for (const matcher of matchers.filter(({ type, name: label }) => type === '=' && label !== '__name__')) {
    const values = await labelValues(prometheus, matcher.name, name === '' ? [] : [name], signal);
    if (matcher.value === '' || values.includes(matcher.value)) continue;
    if (values.length === 0) return { text: `No result: ${name} has no label ${matcher.name}.` };
    const text = `No result: no series of ${name} has ${matcher.name}="${matcher.value}".`;
    return { text, data: `${matcher.name} is one of: ${values.slice(0, SHOWN).join(', ')}` };
  }
  return undefined;
}

/** Series that were there within a day: what exposes them has stopped, or Prometheus does not reach it. */
async function goneSince(
  prometheus: Rest,
  { name, matchers }: Selector,
  at: number,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const conditions = matchers.filter((one) => one.name !== '__name__' || one.type !== '=');
  const selector = `${name}{${conditions.map((one) => `${one.name}${one.type}${JSON.stringify(one.value)}`).join(',')}}`;
  const present = await evaluate(prometheus, `count(${selector})`, at, signal);
  if (present.series.length > 0) return undefined;
  const seen = `max(max_over_time(timestamp(${selector})[1d:1m]))`;
  const last = (await evaluate(prometheus, seen, at, signal)).series[0]?.points.at(-1)?.[1];
  if (last === undefined) return { text: `No result: no series of ${selector} within a day before.` };
  return {
    text: `No result: ${selector} had its last sample ${span(at - last * 1000)} before. What exposes it is gone, or is not reached: see targets.`,
  };
}

/** The selectors of an expression by Prometheus' own parser; none where its version cannot tell. */
async function selectorsOf(prometheus: Rest, query: string, signal: AbortSignal): Promise<readonly Selector[]> {
  const read = { path: path`/api/v1/parse_query`, query: { query }, what: 'parse' };
  const tree = await prometheus.get(read, signal).catch((error: unknown) => {
    if (error instanceof OpsError && error.code !== 'cancelled') return undefined;
    throw error;
  });
  return walk(isObject(tree) ? tree.data : undefined);
}

function walk(node: unknown): readonly Selector[] {
  if (Array.isArray(node)) return node.flatMap(walk);
  if (!isObject(node)) return [];
  const children = Object.entries(node).flatMap(([key, value]) => (key === 'matchers' ? [] : walk(value)));
  if (node.type !== 'vectorSelector' && node.type !== 'matrixSelector') return children;
  const matchers = arrayAt(node, 'matchers').map((one) => ({
    name: stringAt(one, 'name') ?? '',
    type: stringAt(one, 'type') ?? '',
    value: stringAt(one, 'value') ?? '',
  }));
  return [{ name: stringAt(node, 'name') ?? '', matchers }, ...children];
}
