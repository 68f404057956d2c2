import { z } from 'zod';
import manifest from '../package.json' with { type: 'json' };
import { approvalSchema } from '../shared/approvals/approval.ts';
import { EVENTS_PATH, errorSchema, ROUTES, type Role, type Route } from '../shared/control-plane/api.ts';
import { auditRecordSchema, chainStateSchema, inboxEntrySchema } from '../shared/control-plane/schemas.ts';
import { statusSchema, workflowListSchema } from '../shared/control-plane/status.ts';
import { at, isObject, stringAt } from '../shared/kernel/json.ts';
import { eventSchema } from '../shared/workflow/events.ts';
import { rowSchema } from '../shared/workflow/run-store.ts';

const SCHEMAS = '#/components/schemas/';

/** The OpenAPI 3.1 file of the dashboard, from the table of routes that the server and the client use. */
export function openApi(): string {
  const named = schemas();
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'k8s-agent dashboard',
      version: manifest.version,
      description: 'A change by a session needs the header X-CSRF-Token.',
    },
    paths: Object.fromEntries([...paths(named), [EVENTS_PATH, { get: EVENTS }]]),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        alertmanager: { type: 'http', scheme: 'basic' },
        session: { type: 'apiKey', in: 'cookie', name: 'session' },
      },
      schemas: named.json,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const EVENTS = {
  summary:
    'Server-sent events: “change”, with the topic that has changed. They carry no data: whoever hears one reads.',
  security: [{ token: [] }, { session: [] }],
  responses: { '200': { description: 'A stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } } },
};

/** What a reader of the file knows by name, whichever route has it. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Error: errorSchema,
  Approval: approvalSchema,
  AuditRecord: auditRecordSchema,
  Chain: chainStateSchema,
  InboxEntry: inboxEntrySchema,
  Run: rowSchema,
  RunEvent: eventSchema,
  Status: statusSchema,
  Workflows: workflowListSchema,
};

interface Named {
  readonly json: unknown;
  readonly refTo: (schema: z.ZodType) => object;
}

/** Every body and answer under a name: what several routes share is there once. */
function schemas(): Named {
  const registry = z.registry<{ id: string }>();
  const names = new Map<z.ZodType, string>();
  const add = (schema: z.ZodType | undefined, id: string) => {
    if (schema === undefined || names.has(schema)) return;
    names.set(schema, id);
    registry.add(schema, { id });
  };
  for (const [name, schema] of Object.entries(NAMED)) add(schema, name);
  for (const [name, { body, answer }] of Object.entries<Route>(ROUTES)) {
    add(answer, `${name}Answer`);
    add(body, `${name}Body`);
  }
  const { schemas: json } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `${SCHEMAS}${id}` });
  return { json: inOneFile(json), refTo: (schema) => ({ $ref: `${SCHEMAS}${names.get(schema)}` }) };
}

/** Names of their own and references between files are for schemas in files of their own. */
function inOneFile(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneFile);
  if (!isObject(value))
    return typeof value === 'string' && value.startsWith(SCHEMAS) ? value.replace('#/$defs', '/$defs') : value;
  const kept = Object.entries(value).filter(([key]) => key !== '$schema' && key !== '$id');
  return Object.fromEntries(kept.map(([key, item]) => [key, inOneFile(item)]));
}

function paths(named: Named): (readonly [string, object])[] {
  const byPath = Map.groupBy(Object.entries<Route>(ROUTES), ([, { path }]) => path.replace(/:(\w+)/g, '{$1}'));
  return [...byPath].map(([path, routes]) => [
    path,
    Object.fromEntries(routes.map(([name, route]) => [route.method.toLowerCase(), operation(name, route, named)])),
  ]);
}

function operation(name: string, { path, role, summary, query, body, answer }: Route, { refTo }: Named): object {
  const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema: refTo(schema) } } });
  const parameters = [...(path.includes(':id') ? [ID] : []), ...queryOf(query)];
  return {
    operationId: name,
    summary,
    security: security(role),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, ...json(body) } }),
    responses: {
      '200': { description: 'Done.', ...json(answer) },
      default: { description: 'It was not done, and why.', ...json(errorSchema) },
    },
  };
}

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

function queryOf(query: z.ZodType | undefined): object[] {
  const properties = query && at(z.toJSONSchema(query, { io: 'input' }), 'properties');
  return Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => {
    const description = stringAt(schema, 'description');
    return { name, in: 'query', ...(description && { description }), schema };
  });
}

function security(role: Role): object[] {
  const [token, session, alertmanager] = [{ token: [] }, { session: [] }, { alertmanager: [] }];
  switch (role) {
    case 'agent':
    case 'daemon':
      return [token];
    case 'approver':
      return [session];
    case 'starter':
    case 'any':
      return [token, session];
    case 'webhook':
      return [token, alertmanager];
  }
}
