import { z } from 'zod';
import { redactObject } from '../../../shared/audit/redact.ts';
import { type Cluster, describeRef, type ObjectRef, pathOf } from '../../../shared/cluster/cluster.ts';
import { getNamed } from '../../../shared/cluster/near.ts';
import type { KubeObject } from '../../../shared/cluster/objects.ts';
import { fetchRow, fetchTable, type Table } from '../../../shared/cluster/table.ts';
import { toYaml } from '../../../shared/cluster/yaml.ts';
import type { Answer } from '../../../shared/gate/call.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { at, isObject } from '../../../shared/kernel/json.ts';
import { count, renderTable } from '../../../shared/kernel/text.ts';
import { kubectlTool } from '../deps.ts';
import { locate, type Place, targetOf } from '../locate.ts';
import { allNamespaces, kind, labels, name, namespace, text } from '../params.ts';

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
    fields: text(1000).optional().describe('Field selector: status.phase!=Running.'),
    filter: text(200).optional().describe('Only rows that contain this text.'),
    output: z.enum(['table', 'wide', 'yaml']).default('table').describe('yaml only with name.'),
    limit: z.int().min(1).max(500).default(50).describe('Rows a page.'),
    continue: text(4096).optional().describe('Token of the next page.'),
  }),
  target: async (input, { cluster }, signal) => {
    const place = await locate(cluster, input, signal);
    const { namespace: _, ...everywhere } = targetOf(place);
    if (place.name !== undefined) return [targetOf(place)];
    return [{ ...(input.all_namespaces ? everywhere : targetOf(place)), verb: 'list' }];
  },
  run: async (input, { cluster }, signal) => {
    const place = await locate(cluster, input, signal);
    demandOneOrList(input.all_namespaces, input.output, place.name);
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

/** What would silently be left out is refused instead. */
function demandOneOrList(all: boolean, output: string, name: string | undefined): void {
  if (name === undefined && output === 'yaml')
    throw new OpsError('invalid_input', 'output yaml needs a name.', 'Give name, or take output wide.');
  if (name !== undefined && all)
    throw new OpsError('invalid_input', 'name is in one namespace.', 'Or list: fields=metadata.name=NAME.');
}

async function one(
  cluster: Cluster,
  ref: ObjectRef,
  output: 'table' | 'wide' | 'yaml',
  signal: AbortSignal,
): Promise<Answer> {
  if (output === 'yaml') return yamlOf(ref, await getNamed(cluster, ref, signal));
  const { header, rows } = await fetchRow(cluster, pathOf(ref), describeRef(ref), output === 'wide', signal).catch(
    async (error: unknown) => {
      // Where there is no such object, this names those that could be meant.
      if (error instanceof OpsError && error.code === 'not_found') await getNamed(cluster, ref, signal);
      throw error;
    },
  );
  return { text: describeRef(ref), data: renderTable(header, rows) };
}

function yamlOf(ref: ObjectRef, object: KubeObject): Answer {
  const shown = withoutNoise(object);
  return { text: describeRef(ref), data: toYaml(redactObject(shown)) };
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
