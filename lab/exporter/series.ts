/** One sample, without its time. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
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

/** Prometheus' text format; all samples of a name stand together. */
export function render(series: readonly Series[]): string {
  const groups = Map.groupBy(series, ({ name }) => name);
  const lines = [...groups].flatMap(([name, samples]) => [
    `# TYPE ${name} ${isCounter(name) ? 'counter' : 'gauge'}`,
    ...samples.map(({ labels, value }) => `${name}{${renderLabels(labels)}} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

export const isCounter = (name: string) => name.endsWith('_total');

function renderLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`)
    .join(',');
}
