import { closest } from 'fastest-levenshtein';
import type { KindSchema, Schema } from '../../shared/cluster/openapi.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { short } from './fit.ts';

/** Walks from a kind to one of its fields; lists and maps are passed through. */
export function fieldAt(schema: KindSchema, path: readonly string[]): Schema {
  let current = schema.root;
  for (const [depth, name] of path.entries()) {
    const fields = fieldsOf(schema, current);
    const next = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (next === undefined) throw unknownField(path.slice(0, depth).join('.'), name, Object.keys(fields));
    current = schema.resolve(next);
  }
  return current;
}

function unknownField(where: string, name: string, known: readonly string[]): OpsError {
  const hint =
    known.length === 0
      ? 'It has no fields of its own.'
      : `Did you mean "${closest(name, [...known])}"? There is: ${known.slice(0, 60).join(', ')}.`;
  return new OpsError('not_found', `${where || 'The kind'} has no field "${name}".`, hint);
}

/** The fields of an object, of a list's items or of a map's values. */
function fieldsOf(schema: KindSchema, field: Schema): Readonly<Record<string, unknown>> {
  if (isObject(field.properties)) return field.properties;
  const inner = field.items ?? field.additionalProperties;
  return inner === undefined ? {} : fieldsOf(schema, schema.resolve(inner));
}

/** `<[]Container> (required)`, what it is for, and its fields, a line each. */
export function explainField(schema: KindSchema, field: Schema): readonly string[] {
  const fields = Object.entries(fieldsOf(schema, field));
  const required = new Set(arrayAt(innermost(schema, field), 'required'));
  const lines = fields.map(([name, raw]) => {
    const child = schema.resolve(raw);
    const must = required.has(name) ? ', required' : '';
    return `  ${name} <${typeOf(schema, child)}${must}>${sentence(child)}`;
  });
  const facts = [`type: ${typeOf(schema, field)}`, ...allowed(field)];
  const about = (stringAt(field, 'description') ?? 'no description').trim();
  return [facts.join('; '), about, ...(lines.length === 0 ? [] : ['fields:', ...lines])];
}

function innermost(schema: KindSchema, field: Schema): Schema {
  if (isObject(field.properties)) return field;
  const inner = field.items ?? field.additionalProperties;
  return inner === undefined ? field : innermost(schema, schema.resolve(inner));
}

function typeOf(schema: KindSchema, field: Schema): string {
  const { items, additionalProperties, type, format } = field;
  if (items !== undefined) return `[]${typeOf(schema, schema.resolve(items))}`;
  if (isObject(additionalProperties)) return `map[string]${typeOf(schema, schema.resolve(additionalProperties))}`;
  if (field['x-kubernetes-int-or-string'] === true || format === 'int-or-string') return 'int or string';
  const choices = arrayAt(field, 'oneOf').flatMap((choice) => stringAt(choice, 'type') ?? []);
  if (choices.length > 0) return choices.join(' or ');
  const [gvk] = arrayAt(field, 'x-kubernetes-group-version-kind');
  return stringAt(gvk, 'kind') ?? (typeof type === 'string' ? type : 'any');
}

function allowed(field: Schema): readonly string[] {
  const values = arrayAt(field, 'enum').map(String);
  const preset = at(field, 'default');
  return [
    ...(values.length === 0 ? [] : [`one of ${values.join(', ')}`]),
    ...(preset === undefined || isObject(preset) ? [] : [`default ${JSON.stringify(preset)}`]),
  ];
}

/** The first sentence of a description is enough in a list. */
function sentence(field: Schema): string {
  const [first = ''] = (stringAt(field, 'description') ?? '').split(/(?<=\.)\s/, 1);
  return first === '' ? '' : `  ${short(first, 110)}`;
}
