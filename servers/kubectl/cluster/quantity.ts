/** Suffixes of Kubernetes quantities (apimachinery `resource.Quantity`) and what they multiply by. */
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

/** `250m` → 0.25, `64Mi` → 67108864; undefined where it is no quantity. */
export function quantity(text: unknown): number | undefined {
  const [, amount, suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const factor = FACTORS[suffix];
  const value = Number(amount) * (factor ?? Number.NaN);
  return Number.isNaN(value) ? undefined : value;
}

/** Cores as kubectl shows them: `250m`. */
export function millicores(cores: number): string {
  return `${Math.round(cores * 1000)}m`;
}

/** Bytes as kubectl shows them: `64Mi`. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)}Mi`;
}

/** `12%`; `-` where the whole is not known. */
export function percent(part: number, whole: number | undefined): string {
  return whole === undefined || whole === 0 ? '-' : `${Math.round((100 * part) / whole)}%`;
}
