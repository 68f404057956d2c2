import { arrayAt, numberAt, stringAt } from '../kernel/json.ts';
import { oneLine } from '../kernel/text.ts';
import { type Cluster, pathOf } from './cluster.ts';
import type { Resource } from './discovery.ts';
import { namespaceOf } from './objects.ts';

/** The server-side Table: what `kubectl get` prints, the columns of custom resources included. */
const TABLE_ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export interface ListQuery {
  readonly resource: Resource;
  /** Undefined lists every namespace. */
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
  readonly limit: number;
  readonly continue?: string | undefined;
  /** Show the columns that `kubectl get -o wide` adds. */
  readonly wide?: boolean;
}

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly continue: string | undefined;
  readonly remaining: number | undefined;
}

export async function fetchTable(cluster: Cluster, query: ListQuery, signal: AbortSignal): Promise<Table> {
  const { resource, namespace, labels, fields, limit } = query;
  const path = pathOf({ resource, namespace });
  const parameters = { labelSelector: labels, fieldSelector: fields, limit, continue: query.continue };
  const table = await cluster.getJson(path, `list ${resource.plural}`, signal, parameters, TABLE_ACCEPT);
  return shapeTable(table, resource.namespaced && namespace === undefined, query.wide ?? false);
}

/** One object as a one-row table. */
export async function fetchRow(
  cluster: Cluster,
  path: string,
  what: string,
  wide: boolean,
  signal: AbortSignal,
): Promise<Table> {
  return shapeTable(await cluster.getJson(path, what, signal, {}, TABLE_ACCEPT), false, wide);
}

/** Priority 0 columns are always shown; the others are what `-o wide` adds. */
function shapeTable(table: unknown, withNamespace: boolean, wide: boolean): Table {
  const columns = arrayAt(table, 'columnDefinitions').map((column, index) => ({
    name: stringAt(column, 'name') ?? '',
    index,
    shown: wide || (numberAt(column, 'priority') ?? 0) === 0,
  }));
  const shown = columns.filter((column) => column.shown);
  const rows = arrayAt(table, 'rows').map((row) => {
    const cells = arrayAt(row, 'cells');
    const visible = shown.map(({ index }) => cell(cells[index]));
    return withNamespace ? [namespaceOf(at0(row)) ?? '', ...visible] : visible;
  });
  return {
    header: [...(withNamespace ? ['NAMESPACE'] : []), ...shown.map(({ name }) => name.toUpperCase())],
    rows,
    continue: stringAt(table, 'metadata', 'continue') || undefined,
    remaining: numberAt(table, 'metadata', 'remainingItemCount'),
  };
}

function at0(row: unknown): unknown {
  return typeof row === 'object' && row !== null && 'object' in row ? row.object : undefined;
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '<none>';
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value), 200);
}
