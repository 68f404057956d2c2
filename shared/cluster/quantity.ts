import { OpsError } from '../kernel/errors.ts';

/** What a suffix multiplies by (k8s.io/apimachinery, resource.Quantity). */
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY =
  /^(?<number>[+-]?(?:\d+\.?\d*|\.\d+))(?:[eE](?<exponent>[+-]?\d{1,2})|(?<suffix>[numkMGTPE]|[KMGTPE]i)?)$/;

/** `250m` is 0.25, `1Gi` is 1073741824, `2e3` is 2000. In cores, bytes or pieces: the field says which. */
export function parseQuantity(text: string | number): number {
  const { number, exponent, suffix } = QUANTITY.exec(String(text))?.groups ?? {};
  if (number === undefined) {
    throw new OpsError('invalid_input', `"${text}" is not a quantity.`, 'Write 250m, 1.5, 512Mi, 2Gi or 1e3.');
  }
  return exponent === undefined ? Number(number) * (FACTORS[suffix ?? ''] ?? 1) : Number(`${number}e${exponent}`);
}

/** `2.5 CPU` */
export function formatCpu(cores: number): string {
  return `${trim(cores, 3)} CPU`;
}

/** `1.5 Gi`, `300 Mi` */
export function formatBytes(bytes: number): string {
  const [unit, size] = Math.abs(bytes) >= 2 ** 30 ? ['Gi', 2 ** 30] : ['Mi', 2 ** 20];
  return `${trim(Number(bytes) / Number(size), unit === 'Gi' ? 2 : 0)} ${unit}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
