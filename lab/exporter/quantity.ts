const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity (`96Mi`, `50m`, `4`) as a number; undefined when it is none. */
export function quantity(text: unknown): number | undefined {
  const [, number, unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(typeof text === 'string' ? text : '') ?? [];
  const factor = unit === '' ? 1 : UNITS[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** How kube-state-metrics names a resource and what it is counted in. */
export function resourceLabels(resource: string): { readonly resource: string; readonly unit: string } {
  const unit = resource === 'cpu' ? 'core' : resource === 'pods' ? 'integer' : 'byte';
  return { resource: resource.replaceAll('-', '_'), unit };
}
