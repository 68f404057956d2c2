/**
 * Prometheus' text format, for the few kinds that we need: prom-client takes 12 MB of memory and a second of a Pi's
 * start for them (docs/measurements.md).
 */
type Labels = Readonly<Record<string, string>>;

/** A number that only grows, one for each combination of labels. A new one is shown at 0 first: else its first would be no increase. */
export class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #values = new Map<string, number>();
  readonly #shown = new Set<string>();

  /** `from`: combinations that are there from the start. */
  constructor(name: string, help: string, from: readonly Labels[] = []) {
    this.#name = name;
    this.#help = help;
    for (const labels of from) {
      this.#values.set(written(labels), 0);
      this.#shown.add(written(labels));
    }
  }

  add(labels: Labels, by = 1): void {
    const key = written(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  text(): string {
    const lines = [...this.#values].map(
      ([labels, value]) => `${this.#name}{${labels}} ${isFirst(this.#shown, labels) ? 0 : value}`,
    );
    return family(this.#name, 'counter', this.#help, lines);
  }
}

/** How long things took, in seconds. A new combination of labels is shown at 0 first, too. */
export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();
  readonly #shown = new Set<string>();

  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  observe(labels: Labels, seconds: number): void {
    const key = written(labels);
    const series = this.#series.get(key) ?? this.#empty();
    this.#bounds.forEach((bound, i) => {
      if (seconds <= bound) series.counts[i] = (series.counts[i] ?? 0) + 1;
    });
    series.sum += seconds;
    series.count += 1;
    this.#series.set(key, series);
  }

  text(): string {
    const lines = [...this.#series].flatMap(([labels, series]) =>
      this.#lines(labels, isFirst(this.#shown, labels) ? this.#empty() : series),
    );
    return family(this.#name, 'histogram', this.#help, lines);
  }

  #lines(labels: string, { counts, sum, count }: Series): readonly string[] {
    return [
      ...this.#bounds.map((bound, i) => `${this.#name}_bucket{${labels},le="${bound}"} ${counts[i]}`),
      `${this.#name}_bucket{${labels},le="+Inf"} ${count}`,
      `${this.#name}_sum{${labels}} ${sum}`,
      `${this.#name}_count{${labels}} ${count}`,
    ];
  }

  #empty(): Series {
    return { counts: this.#bounds.map(() => 0), sum: 0, count: 0 };
  }
}

interface Series {
  readonly counts: number[];
  sum: number;
  count: number;
}

function isFirst(shown: Set<string>, labels: string): boolean {
  if (shown.has(labels)) return false;
  shown.add(labels);
  return true;
}

/** Without a value there is nothing to tell. */
export function gauge(name: string, help: string, value: number | undefined): string {
  return family(name, 'gauge', help, value === undefined ? [] : [`${name} ${value}`]);
}

function family(name: string, type: string, help: string, lines: readonly string[]): string {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function written(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))}"`)
    .join(',');
}
