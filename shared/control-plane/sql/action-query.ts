import type { AuditRecord } from '../../audit/record.ts';
import { OpsError } from '../../kernel/errors.ts';
import type { ActionFilter } from '../ports.ts';
import { numberOf, type Row, textOf, type Value } from './sql.ts';

/** What a filter means in SQL. */
export interface Conditions {
  readonly clauses: readonly string[];
  readonly values: readonly Value[];
  /** A pattern for LIKE. */
  readonly match?: string;
}

export interface Found {
  readonly record: AuditRecord;
  readonly cursor: string;
}

const COLUMNS = ['agent', 'workflow', 'run', 'tier', 'server', 'tool', 'outcome'] as const;

export function conditionsOf(filter: ActionFilter): Conditions {
  const { text, from, until } = filter;
  const equal = COLUMNS.flatMap((column) => {
    const value = filter[column];
    return value === undefined ? [] : [{ clause: `${column} = ?`, value }];
  });
  const all = [
    ...equal,
    ...(from === undefined ? [] : [{ clause: 'at >= ?', value: from }]),
    ...(until === undefined ? [] : [{ clause: 'at < ?', value: until }]),
  ];
  return {
    clauses: all.map(({ clause }) => clause),
    values: all.map(({ value }) => value),
    ...(text !== undefined && { match: patternOf(text) }),
  };
}

/** Rows without a body were looked at and do not match. */
export function foundIn(window: readonly Row[]): Found[] {
  return window
    .filter(({ body }) => body !== null)
    .map((row) => {
      const record: AuditRecord = JSON.parse(textOf(row, 'body'));
      return { record, cursor: positionOf(row).join('~') };
    });
}

/** Newest first means: by time, then by number in its chain, then by id. */
export function positionOf(row: Row | undefined): readonly Value[] {
  return [numberOf(row, 'at'), numberOf(row, 'seq'), textOf(row, 'id')];
}

export function cursorOf(text: string): readonly Value[] {
  const [, at, seq, id] = /^(\d{1,15})~(\d{1,15})~(.+)$/.exec(text) ?? [];
  if (id !== undefined) return [Number(at), Number(seq), id];
  throw new OpsError(
    'invalid_input',
    `"${text.slice(0, 80)}" is no place in the history.`,
    'Use `next` of the page before, as it is.',
  );
}

function patternOf(text: string): string {
  const literal = text
    .replaceAll('\0', '')
    .toLowerCase()
    .replace(/[\\%_]/g, '\\$&');
  return `%${literal}%`;
}
