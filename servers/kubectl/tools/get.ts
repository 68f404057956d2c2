import { z } from 'zod';
import { redactObject } from '../../../shared/audit/redact.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { at, isObject } from '../../../shared/kernel/json.ts';
import { count } from '../../../shared/kernel/text.ts';
import { type Cluster, describeRef, type ObjectRef, pathOf } from '../cluster/cluster.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { fetchRow, fetchTable, renderTable, type Table } from '../cluster/table.ts';
import { kubectlTool } from '../deps.ts';
import { locate, type Place, targetOf } from '../locate.ts';
import { allNamespaces, kind, labels, name, namespace } from '../params.ts';
import { toYaml } from '../yaml.ts';

export const get = kubectlTool({
  name: 'get',
  summary: 'List objects of a kind as a table, or read one (output yaml for all of it). Secret data is masked.',
  verb: 'get',
  effect: 'read',
  input: z.strictObject({
    kind,
    name: name.optional(),
    namespace,
    all_namespaces: allNamespaces,
    labels,
    fields: z.string().max(1000).optional().describe('Field selector: status.phase!=Running.'),
    filter: z.string().max(200).optional().describe('Only rows that contain this text.'),
    output: z.enum(['table', 'wide', 'yaml']).default('table').describe('yaml only with name.'),
    limit: z.int().min(1).max(500).default(50).describe('Rows a page.'),
    continue: z.string().max(4096).optional().describe('Token of the next page.'),
  }),
  target: async (input, { cluster }, signal) => {
    const place = await locate(cluster, input, signal);
    const { namespace: _, ...everywhere } = targetOf(place);
    if (place.name !== undefined) return [targetOf(place)];
    return [{ ...(input.all_namespaces ? everywhere : targetOf(place)), verb: 'list' }];
  },
  run: async (input, { cluster }, signal) => {
    const place = await locate(cluster, input, signal);
    if (place.name !== undefined) return one(cluster, { ...place, name: place.name }, input.output, signal);
    const { all_namespaces, filter, output, ...rest } = input;
    const query = {
      ...rest,
      resource: place.resource,
      namespace: all_namespaces ? undefined : place.namespace,
      wide: output === 'wide',
    };
    return page(place, await fetchTable(cluster, query, signal), filter);
  },
});

async function one(
  cluster: Cluster,
  ref: ObjectRef,
  output: 'table' | 'wide' | 'yaml',
  signal: AbortSignal,
): Promise<Answer> {
  if (output === 'yaml')
    return { text: describeRef(ref), data: toYaml(redactObject(withoutNoise(await cluster.get(ref, signal)))) };
  const { header, rows } = await fetchRow(cluster, pathOf(ref), describeRef(ref), output === 'wide', signal);
  return { text: describeRef(ref), data: renderTable(header, rows) };
}

/** managedFields says who set what, at ten times the length of the rest. */
function withoutNoise(object: KubeObject): KubeObject {
  const metadata = at(object, 'metadata');
  if (!isObject(metadata)) return object;
  const { managedFields: _, ...kept } = metadata;
  return { ...object, metadata: kept };
}

function page({ resource, namespace }: Place, table: Table, filter: string | undefined): Answer {
  const rows = filter === undefined ? table.rows : table.rows.filter((row) => row.join(' ').includes(filter));
  const where = namespace === undefined || table.header[0] === 'NAMESPACE' ? '' : ` in ${namespace}`;
  const of = filter === undefined ? '' : ` of ${table.rows.length} on this page contain "${filter}"`;
  const rest = table.remaining === undefined ? '' : ` (${table.remaining} more)`;
  const more =
    table.continue === undefined
      ? ''
      : `\nMore${rest}: call again with continue="${table.continue}", or narrow by namespace, labels or fields.`;
  const text = `${count(rows.length, resource.kind.toLowerCase(), resource.plural)}${of}${where}.${more}`;
  return rows.length === 0 ? { text } : { text, data: renderTable(table.header, rows) };
}
