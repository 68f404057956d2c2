import type { Status } from '../../shared/control-plane/status.ts';

type Trend = Status['trends'][number];

/** From here on a bar is worth a look, and from there on it is trouble. */
const HIGH = 0.8;
const FULL = 0.92;

/** Used of all, as a bar. SVG, since the policy of the page allows no style attributes. */
export function Bar({ name, used, of, text }: { name: string; used: number; of: number; text: string }) {
  const share = of > 0 ? Math.min(1, used / of) : 0;
  const tone = share >= FULL ? 'bad' : share >= HIGH ? 'warn' : 'ok';
  return (
    <span class="bar">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={`${name} ${percent(share)}`}>
        <rect class="track" width="100" height="6" />
        <rect class={tone} width={(share * 100).toFixed(1)} height="6" />
      </svg>
      <small>
        {name} {text}
      </small>
    </span>
  );
}

export function Sparkline({ name, unit, points }: Trend) {
  const last = points.at(-1);
  if (last === undefined) return null;
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const summary = `${name}: now ${amount(last, unit)}, lowest ${amount(low, unit)}, highest ${amount(high, unit)}`;
  return (
    <li class="trend">
      <span class="name">{name}</span>
      <strong class="num">{amount(last, unit)}</strong>
      <svg viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={summary}>
        <polyline points={polyline(points, low, high)} />
      </svg>
      <span class="range num">
        {amount(low, unit)} to {amount(high, unit)}
      </span>
    </li>
  );
}

/** A flat line is drawn in the middle. */
function polyline(points: readonly number[], low: number, high: number): string {
  const step = points.length > 1 ? 100 / (points.length - 1) : 0;
  const y = (value: number) => (high > low ? 22 - ((value - low) / (high - low)) * 20 : 12);
  return points.map((value, index) => `${(index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
}

function amount(value: number, unit: Trend['unit']): string {
  if (unit === 'percent') return `${Math.round(value)} %`;
  return unit === 'bytes' ? bytes(value) : `${Math.round(value * 10) / 10}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `6.1 GiB` */
export function bytes(value: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
  const scaled = value / 1024 ** power;
  return `${scaled >= 100 ? Math.round(scaled) : Math.round(scaled * 10) / 10} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}
