import { iso } from '../../shared/kernel/clock.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Point } from './series.ts';
import { format, type Unit } from './units.ts';

export interface Chart {
  readonly title: string;
  readonly unit: Unit;
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

const WIDTH = 900;
const PLOT = { left: 80, top: 36, right: 880, bottom: 340 };
const LEGEND_ROW = 18;
/** Colours that people with colour blindness can tell apart (Okabe and Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];

/** A line chart as SVG: time from left to right, each series in a colour of its own, and a legend below. */
export function chartSvg({ title, unit, series }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const [times, values] = [points.map(([at]) => at), points.map(([, value]) => value)];
  const x = scale(times, [PLOT.left, PLOT.right]);
  const y = scale(withRoom(values), [PLOT.bottom, PLOT.top]);
  const height = PLOT.bottom + 40 + series.length * LEGEND_ROW;
  const lines = series.map(({ points: own }, index) => {
    const path = own
      .map(([at, value], i) => `${i === 0 ? 'M' : 'L'}${x.at(at).toFixed(1)} ${y.at(value).toFixed(1)}`)
      .join('');
    return `<path d="${path}" fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.6"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="DejaVu Sans" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(PLOT.left, 20, oneLine(title, 110)),
    ...y.ticks.map(
      (value) =>
        `${grid(PLOT.left, y.at(value), PLOT.right, y.at(value))}${text(PLOT.left - 6, y.at(value) + 4, format(value, unit), 'end')}`,
    ),
    ...x.ticks.map(
      (at) =>
        `${grid(x.at(at), PLOT.top, x.at(at), PLOT.bottom)}${text(x.at(at), PLOT.bottom + 16, iso(at).slice(5, 16).replace('T', ' '), 'middle')}`,
    ),
    ...lines,
    ...series.map(({ name }, index) =>
      legend(name, PLOT.bottom + 40 + index * LEGEND_ROW, COLOURS[index % COLOURS.length] ?? ''),
    ),
    '</svg>',
  ].join('\n');
}

function scale(values: readonly number[], [from, to]: readonly [number, number]) {
  const [low, high] = [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
  const [start, end] =
    Number.isFinite(low) && high > low
      ? [low, high]
      : [Number.isFinite(low) ? low : 0, (Number.isFinite(low) ? low : 0) + 1];
  const ticks = Array.from({ length: 5 }, (_, index) => start + ((end - start) * index) / 4);
  return { ticks, at: (value: number) => from + ((value - start) / (end - start)) * (to - from) };
}

/** Zero belongs into the picture where it is near. */
function withRoom(values: readonly number[]): readonly number[] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return low > 0 ? [...values, 0] : values;
}

function grid(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#dddddd"/>`;
}

function legend(name: string, y: number, colour: string): string {
  return `<rect x="${PLOT.left}" y="${y - 9}" width="14" height="4" fill="${colour}"/>${text(PLOT.left + 20, y - 3, oneLine(name, 120))}`;
}

function text(x: number, y: number, content: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333333">${escaped(content)}</text>`;
}

/** Label values come from outside. */
function escaped(content: string): string {
  return content.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
