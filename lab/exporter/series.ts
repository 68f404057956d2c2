/** One sample, without its time. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A series at any moment, in seconds since 1970: of now, and of a past that nobody measured. */
export interface Curve {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: (at: number) => number;
}

/** Collects samples; a label without a value is left out. */
export class Samples {
  readonly series: Series[] = [];

  add(name: string, labels: Readonly<Record<string, string | undefined>>, value: number | boolean | undefined): void {
    if (value === undefined) return;
    const given = Object.entries(labels).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]]));
    this.series.push({ name, labels: Object.fromEntries(given), value: Number(value) });
  }

  /** One sample for each of `all`: 1 for the one that is, 0 for the others. */
  oneOf(name: string, labels: Readonly<Record<string, string>>, key: string, all: readonly string[], is: string): void {
    for (const each of all) this.add(name, { ...labels, [key]: each }, each === is);
  }
}

/** Collects curves; a number stands for a curve that never moves. */
export class Curves {
  readonly all: Curve[] = [];

  add(name: string, labels: Readonly<Record<string, string>>, value: number | ((at: number) => number)): void {
    this.all.push({ name, labels, value: typeof value === 'number' ? () => value : value });
  }
}

/** Where curves are at a moment, in seconds since 1970. */
export function valuesAt(curves: readonly Curve[], at: number): readonly Series[] {
  return curves.map(({ name, labels, value }) => ({ name, labels, value: value(at) }));
}

/** Prometheus' text format; all samples of a name stand together. */
export function render(series: readonly Series[]): string {
  const groups = Map.groupBy(series, ({ name }) => name);
  const lines = [...groups].flatMap(([name, samples]) => [
    `# TYPE ${name} ${name.endsWith('_total') ? 'counter' : 'gauge'}`,
    ...samples.map(({ labels, value }) => `${name}{${renderLabels(labels)}} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`)
    .join(',');
}
