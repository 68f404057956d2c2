import { iso } from '../../shared/kernel/clock.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Point } from './series.ts';
import { timeTicks, valueTicks } from './ticks.ts';
import { format, type Unit } from './units.ts';

export interface Chart {
  readonly title: string;
  readonly unit: Unit;
  /** Milliseconds between two points: where they lie further apart, the line is broken. */
  readonly step: number;
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

const WIDTH = 900;
const PLOT = { left: 80, top: 36, right: 880, bottom: 340 };
const LEGEND_ROW = 18;
const DAY = 86_400_000;
/** Colours that people with colour blindness can tell apart (Okabe and Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];
const colourOf = (index: number) => COLOURS[index % COLOURS.length] ?? '#000000';

/** A line chart as SVG: time from left to right, each series in a colour of its own, and a legend below. */
export function chartSvg({ title, unit, step, series }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const [start, end] = extent(points.map(([at]) => at));
  const marks = valueTicks(...withZero(extent(points.map(([, value]) => value))), unit);
  const x = scale([start, end], [PLOT.left, PLOT.right]);
  const y = scale([marks[0] ?? 0, marks.at(-1) ?? 1], [PLOT.bottom, PLOT.top]);
  const height = PLOT.bottom + 40 + series.length * LEGEND_ROW;
  const time = (at: number) =>
    iso(at)
      .slice(end - start > DAY ? 5 : 11, 16)
      .replace('T', ' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="DejaVu Sans" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(PLOT.left, 20, oneLine(title, 110)),
    ...marks.map((value) => grid(PLOT.left, y(value), PLOT.right, y(value))),
    ...marks.map((value) => text(PLOT.left - 6, y(value) + 4, format(value, unit), 'end')),
    ...timeTicks(start, end).map((at) => grid(x(at), PLOT.top, x(at), PLOT.bottom)),
    ...timeTicks(start, end).map((at) => text(x(at), PLOT.bottom + 16, time(at), 'middle')),
    ...series.map((one, index) => line(one.points, step, { x, y }, colourOf(index))),
    ...series.map(({ name }, index) => legend(name, PLOT.bottom + 40 + index * LEGEND_ROW, colourOf(index))),
    '</svg>',
  ].join('\n');
}

type Scale = (value: number) => number;

/** Of nothing, and of one value alone, it is one wide. */
function extent(values: readonly number[]): readonly [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return Number.isFinite(low) ? [low, high > low ? high : low + 1] : [0, 1];
}

/** Zero belongs into the picture where it is near: a small change of a large value is to be seen, too. */
function withZero([low, high]: readonly [number, number]): readonly [number, number] {
  return low > 0 && low < high / 2 ? [0, high] : [low, high];
}

function scale([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function line(points: readonly Point[], step: number, { x, y }: { x: Scale; y: Scale }, colour: string): string {
  const path = points.map(([at, value], index) => {
    const before = points[index - 1]?.[0];
    const joined = before !== undefined && at - before <= 1.5 * step;
    return `${joined ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return `<path d="${path.join('')}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linecap="round"/>`;
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
