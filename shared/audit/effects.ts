import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iso } from '../kernel/clock.ts';
import { auditFiles } from './files.ts';
import { parseRecord } from './parse.ts';
import type { AuditRecord } from './record.ts';

/** What the log proves of a step's calls. `unknown`: one of them began, and nobody wrote what came of it. */
export type Effects = 'nothing' | 'something' | 'unknown';

/** Outcomes after which nothing was changed. */
const HARMLESS = ['error', 'refused', 'rejected', 'expired', 'void', 'cancelled', 'pending'];

/** What a step of a run has changed since `since` (milliseconds since the epoch), by the records of its changes. */
export function effectsOf(folder: string, of: { run: string; step: string; since: number }): Effects {
  const records = recordsSince(folder, of.since).filter(({ run, step }) => run === of.run && step === of.step);
  const begun = new Set(records.filter(({ phase }) => phase === 'intent').map(({ call }) => call));
  const outcomes = [...begun].map((call) => records.find((record) => record.call === call && record.outcome)?.outcome);
  if (outcomes.some((outcome) => outcome === undefined || outcome.status === 'unknown')) return 'unknown';
  return outcomes.some((outcome) => outcome !== undefined && !HARMLESS.includes(outcome.status))
    ? 'something'
    : 'nothing';
}

function recordsSince(folder: string, since: number): readonly AuditRecord[] {
  const from = iso(since);
  return auditFiles(folder)
    .filter((name) => name >= from.slice(0, 10))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .flatMap((line) => parseRecord(line) ?? [])
    .filter(({ at }) => at >= from);
}
