import { span } from '../../shared/cluster/times.ts';
import { iso } from '../../shared/kernel/clock.ts';

/** What a number means, as the names of metrics say it (prometheus.io/docs/practices/naming). */
export type Unit = 'bytes' | 'seconds' | 'ratio' | 'percent' | 'none';

/** The unit of an expression, when its metrics leave no doubt: a quotient of two is a number without one. */
export function unitOf(expression: string): Unit {
  if (/\b(count|count_values|changes|resets|absent)\b/.test(expression)) return 'none';
  const bytes = /_bytes(_total)?\b/.test(expression);
  const seconds = /_seconds(_total)?\b/.test(expression);
  if (/\*\s*100\b|\b100\s*\*/.test(expression)) return 'percent';
  if (/\/(?!\/)/.test(expression.replace(/"[^"]*"/g, '')))
    return bytes !== seconds && !/\/\s*(\d|\()/.test(expression) ? 'ratio' : 'none';
  if (/_ratio\b/.test(expression)) return 'ratio';
  // CPU seconds each second are cores.
  if (bytes) return 'bytes';
  return seconds && !/\b(rate|irate|increase|time)\s*\(/.test(expression) ? 'seconds' : 'none';
}

/** As a person reads it: `1.5Gi`, `3h`, `12%`, `0.042`. */
export function format(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (unit === 'bytes') return bytes(value);
  // Beyond a century it is a point in time.
  if (unit === 'seconds')
    return value > 1e9 ? iso(value * 1000) : value >= 120 ? span(value * 1000) : `${plain(value)}s`;
  if (unit === 'ratio') return `${plain(value * 100)}%`;
  return unit === 'percent' ? `${plain(value)}%` : plain(value);
}

function bytes(value: number): string {
  const steps = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  const step = Math.min(steps.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${plain(value / 1024 ** step)}${steps[step]}`;
}

/** Four digits that count. */
function plain(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(4)));
}
