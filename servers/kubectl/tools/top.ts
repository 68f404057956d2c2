import { z } from 'zod';
import type { Resource } from '../../../shared/cluster/discovery.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';

import { kubectlTool } from '../deps.ts';
import { targetOf } from '../locate.ts';
import { fetchUsage, type Measure, type Usage } from '../metrics.ts';
import { allNamespaces, labels, namespace } from '../params.ts';

export const top = kubectlTool({
  name: 'top',
  summary: 'CPU and memory in use, of nodes (with % of allocatable) or pods (with % of requests and limits).',
  verb: 'top',
  effect: 'read',
  input: z.strictObject({
    kind: z.enum(['pods', 'nodes']).describe('What to measure.'),
    namespace,
    all_namespaces: allNamespaces,
    labels,
    sort: z.enum(['memory', 'cpu']).default('memory').describe('Highest first.'),
    limit: z.int().min(1).max(500).default(40).describe('Rows.'),
  }),
  target: async ({ kind, namespace, all_namespaces }, { cluster }, signal) => {
    const resource = await cluster.resolve(kind, signal);
    const place = { resource, namespace: await cluster.namespaceFor(resource, namespace) };
    const { namespace: _, ...everywhere } = targetOf(place);
    return [all_namespaces ? everywhere : targetOf(place)];
  },
  run: async ({ kind, namespace, all_namespaces, labels, sort, limit }, { cluster }, signal) => {
    const resource = await cluster.resolve(kind, signal);
    const place = all_namespaces ? undefined : await cluster.namespaceFor(resource, namespace);
    const usage = await fetchUsage(cluster, { resource, namespace: place, labels }, signal);
    const sorted = usage.toSorted((a, b) => (b[sort].used ?? -1) - (a[sort].used ?? -1));
    return answer(resource, place, sorted, limit);
  },
});

const WHOLES = { pods: ['%REQ', '%LIM'], nodes: ['%'] } as const;

function answer(resource: Resource, namespace: string | undefined, usage: readonly Usage[], limit: number): Answer {
  const { kind, plural, namespaced } = resource;
  const where = namespaced ? (namespace === undefined ? ' in all namespaces' : ` in ${namespace}`) : '';
  if (usage.length === 0) return { text: `No samples of ${plural}${where}: a new pod has its first after a minute.` };
  const shown = usage.slice(0, limit);
  const more = shown.length < usage.length ? ` The first ${shown.length} are shown: raise limit for more.` : '';
  const wholes = WHOLES[namespaced ? 'pods' : 'nodes'];
  const withNamespace = namespaced && namespace === undefined;
  const header = [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'CPU', ...wholes, 'MEMORY', ...wholes];
  const rows = shown.map(({ name, namespace, cpu, memory }) => [
    ...(withNamespace ? [namespace ?? ''] : []),
    name,
    ...cells(cpu, (cores) => `${Math.round(cores * 1000)}m`),
    ...cells(memory, (bytes) => `${Math.round(bytes / 2 ** 20)}Mi`),
  ]);
  return {
    text: `${count(usage.length, kind.toLowerCase(), plural)}${where}.${more}`,
    data: renderTable(header, rows),
  };
}

function cells({ used, of }: Measure, show: (amount: number) => string): readonly string[] {
  const percent = (whole: number | undefined) =>
    used === undefined || !whole ? '-' : `${Math.round((100 * used) / whole)}%`;
  return [used === undefined ? '?' : show(used), ...of.map(percent)];
}
