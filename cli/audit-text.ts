import { arrayAt, at, numberAt, stringAt } from '../shared/kernel/json.ts';
import { neutralize, oneLine } from '../shared/kernel/text.ts';

/** One record on one line for a person: when, who, what, what came of it. */
export function auditLine(line: string): string {
  const record = parse(line);
  if (record === undefined) return `(not a record) ${oneLine(line, 120)}`;
  const text = (...path: string[]) => stringAt(record, ...path) ?? '-';
  const action = arrayAt(record, 'action').map(target).join(', ') || text('tool');
  const approval = stringAt(record, 'approval', 'id');
  const came =
    stringAt(record, 'phase') === 'intent'
      ? 'begins'
      : `${text('outcome', 'status')} (${numberAt(record, 'outcome', 'durationMs') ?? 0} ms)`;
  const by =
    approval === undefined
      ? text('approval', 'type')
      : `${text('approval', 'type')} ${approval} ${text('approval', 'by')}`;
  const message = oneLine(stringAt(record, 'outcome', 'message') ?? '', 120);
  return neutralize(
    [
      text('at'),
      text('agent'),
      `${text('server')}.${text('tool')}`,
      oneLine(action, 100),
      came,
      `[${text('tier')}, ${by}]`,
      message,
    ]
      .filter((part) => part !== '')
      .join('  '),
  );
}

function target(action: unknown): string {
  const name = [stringAt(action, 'kind'), stringAt(action, 'name')].filter((part) => part !== undefined).join('/');
  const namespace = stringAt(action, 'namespace');
  return [stringAt(action, 'verb') ?? '?', name, namespace && `in ${namespace}`].filter(Boolean).join(' ');
}

function parse(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return at(value, 'at') === undefined ? undefined : value;
  } catch {
    return undefined;
  }
}
