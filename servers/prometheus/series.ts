import { arrayAt, isObject, stringAt } from '../../shared/kernel/json.ts';

export type Labels = Readonly<Record<string, string>>;

/** One time series: times in milliseconds since the epoch. */
export interface Series {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

export type Point = readonly [at: number, value: number];

/** The series of an answer, whatever the type of the expression: a scalar is one without labels. */
export function seriesOf(answer: unknown): readonly Series[] {
  const type = stringAt(answer, 'data', 'resultType');
  const result = arrayAt(answer, 'data', 'result');
  if (type === 'scalar' || type === 'string') return [{ labels: {}, points: pointsOf([result]) }];
  return result.map((one) => {
    const { metric, value, values } = isObject(one) ? one : {};
    return {
      labels: labelsOf(metric),
      points: pointsOf(Array.isArray(values) ? values : value === undefined ? [] : [value]),
    };
  });
}

function labelsOf(metric: unknown): Labels {
  const entries = Object.entries(isObject(metric) ? metric : {});
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** Prometheus writes values as texts: `NaN`, `+Inf` and `-Inf` are among them. */
function pointsOf(values: readonly unknown[]): readonly Point[] {
  return values.flatMap((pair) => {
    const [at, text] = Array.isArray(pair) ? pair : [];
    return typeof at === 'number' ? [[at * 1000, numberOf(String(text))] as const] : [];
  });
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}

/** What all series have alike is said once; a series is then named by the rest. */
export function splitLabels(all: readonly Labels[]): {
  /** One line, or none. */
  readonly common: readonly string[];
  readonly own: readonly string[];
} {
  const [first = {}, ...others] = all;
  const shared = Object.entries(first).filter(
    ([name, value]) => others.length > 0 && others.every((one) => one[name] === value),
  );
  const names = new Set(shared.map(([name]) => name));
  const own = all.map((labels) => describeLabels(Object.entries(labels).filter(([name]) => !names.has(name))));
  return { common: shared.length === 0 ? [] : [`all: ${describeLabels(shared)}`], own };
}

/** `up{job="node", instance="pi3"}` */
export function describeLabels(entries: readonly (readonly [string, string])[]): string {
  const name = entries.find(([key]) => key === '__name__')?.[1] ?? '';
  const rest = entries.filter(([key]) => key !== '__name__').map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${name}${rest.length > 0 || name === '' ? `{${rest.join(', ')}}` : ''}`;
}
