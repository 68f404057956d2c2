import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { AuditLog } from '../../shared/audit/log.ts';
import type { AuditEntry } from '../../shared/audit/record.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { anApproval } from '../support/builders.ts';
import { aMachine, NOW } from './machine.ts';

/** No process has this id: it is above what Linux gives. */
const ENDED = 'kubectl-99999999-abc';

const entry = (phase: 'intent' | 'outcome', more: Partial<AuditEntry> = {}): AuditEntry => ({
  phase,
  call: 'call-1',
  agent: 'k8s-diagnostician',
  server: 'kubectl',
  tool: 'scale',
  action: [{ verb: 'scale', kind: 'Deployment', namespace: 'shop', name: 'web' }],
  inputs: {},
  masked: [],
  tier: 'confirm',
  rule: '"scale" (default)',
  approval: { type: 'user-confirmed', id: 'ap-1', by: 'ada', via: 'cli' },
  ...(phase === 'outcome' && { outcome: { status: 'ok', message: 'scaled', durationMs: 12 } }),
  ...more,
});

async function logged(writer: string, ...entries: readonly AuditEntry[]) {
  const made = aMachine();
  const folder = made.context.paths.actionLogs;
  const log = new AuditLog({ folder, writer, clock: { now: () => NOW } });
  for (const one of entries) await log.append(one);
  log.close();
  return { ...made, logFile: join(folder, readdirSync(folder)[0] ?? '') };
}

describe('k8s-agent audit tail', () => {
  it('shows who did what, on whose yes, and what came of it', async () => {
    const { machine, output } = await logged(ENDED, entry('intent'), entry('outcome'));
    expect(await runCli(['audit', 'tail', '-n', '1'], machine)).toBe(0);
    expect(output()).toBe(
      '2026-11-24T12:00:00.000Z  k8s-diagnostician  kubectl.scale  scale Deployment/web in shop  ok (12 ms)  [confirm, user-confirmed ap-1 ada]  scaled\n',
    );
  });

  it('says that the log is empty, and shows a torn line for what it is', async () => {
    const empty = aMachine();
    await runCli(['audit', 'tail'], empty.machine);
    expect(empty.output()).toBe('The audit log is empty.\n');
    const { machine, output, logFile } = await logged(ENDED, entry('outcome'));
    appendFileSync(logFile, '{"id":"au-\u001b[2K\n');
    await runCli(['audit', 'tail', '-n', '1'], machine);
    expect(output()).toBe('(not a record) {"id":"au-<U+001B>[2K\n');
  });

  it('refuses a count that is none', async () => {
    const { machine } = aMachine();
    expect(await runCli(['audit', 'tail', '-n', '-3'], machine)).toBe(1);
  });
});

describe('k8s-agent audit verify', () => {
  it('finds nothing in a whole log', async () => {
    const { machine, output } = await logged(ENDED, entry('intent'), entry('outcome'));
    expect(await runCli(['audit', 'verify'], machine)).toBe(0);
    expect(output()).toBe('2 records by 1 writer in 1 file: whole, and every change has its outcome.\n');
  });

  it('names a change whose outcome nobody wrote', async () => {
    const { machine, output } = await logged(ENDED, entry('intent'));
    expect(await runCli(['audit', 'verify'], machine)).toBe(1);
    expect(output()).toMatch(/^unknown-outcome .*outcome unknown: scale Deployment\/web in shop/);
  });

  it('leaves alone what a living process has only begun', async () => {
    const { machine, output } = await logged(`kubectl-${process.pid}-abc`, entry('intent'));
    expect(await runCli(['audit', 'verify'], machine)).toBe(0);
    expect(output()).toMatch(/^in-flight .*still running/);
  });

  it('sees an edited record', async () => {
    const { machine, output, logFile } = await logged(ENDED, entry('intent'), entry('outcome'));
    writeFileSync(logFile, readFileSync(logFile, 'utf8').replace('"scaled"', '"scalee"'));
    expect(await runCli(['audit', 'verify'], machine)).toBe(1);
    expect(output()).toMatch(/^changed-record /);
  });

  it('misses the records of an approval that was executed', async () => {
    const { machine, context, output } = aMachine();
    const store = new SqliteApprovalStore(context.paths.database);
    onTestFinished(() => store.close());
    const claim = { at: NOW, writer: ENDED, call: 'call-7', deadline: NOW };
    await store.open(anApproval({ state: 'executed', claim }));
    expect(await runCli(['audit', 'verify'], machine)).toBe(1);
    expect(output()).toMatch(/^missing-intent .*call-7/);
  });
});
