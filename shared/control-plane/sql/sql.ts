export type Value = string | number | null;

export interface Statement {
  /** `?` stands for a value; it never stands in a literal. What both SQLite and PostgreSQL understand. */
  readonly sql: string;
  readonly values?: readonly Value[];
}

/** A row by its columns' names; numbers are numbers. */
export type Row = Readonly<Record<string, unknown>>;

/** A database, as far as the stores of the control plane need one: each of their operations is one batch. */
export interface Sql {
  query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  /** All or none; on disk when it returns. The rows that each statement gives back. */
  batch(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
}

/** The text in a column that is never null. */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw new Error(`no text in ${column}`);
  return value;
}

export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw new Error(`no number in ${column}`);
  return value;
}
