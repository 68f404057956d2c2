import { type Effects, effectsOf } from '../../shared/audit/effects.ts';
import { KNOWN_TOOLS } from '../../shared/config/workflows.ts';
import type { ActionLog } from '../../shared/control-plane/ports.ts';
import type { Attempt } from '../../shared/drive/forward.ts';

export interface EffectsOptions {
  /** Of this machine: it has what every server here did. */
  readonly actionLogs: string;
  /** What all machines have shipped. */
  readonly shipped: Pick<ActionLog, 'list'>;
  readonly isOfThisMachine: (owner: string) => boolean;
}

/**
 * What an attempt has changed, wherever it ran. Of another machine one knows only what it has shipped: that something
 * was changed, it proves; that nothing was, it does not. A step that has no tool to change anything has changed nothing.
 */
export function effectsFinder({ actionLogs, shipped, isOfThisMachine }: EffectsOptions) {
  return async (attempt: Attempt): Promise<Effects> => {
    const { by, run, step, since } = attempt;
    if (by === undefined || isOfThisMachine(by)) return effectsOf(actionLogs, attempt);
    if (onlyReads(attempt)) return 'nothing';
    const { records } = await shipped.list({ run, from: since, limit: 500 });
    return records.some((record) => record.phase === 'intent' && record.step === step) ? 'something' : 'unknown';
  };
}

function onlyReads({ workflow, step }: Attempt): boolean {
  const found = workflow.steps.find(({ id }) => id === step);
  if (found?.kind !== 'work' || !('action' in found.ask)) return false;
  return found.ask.action.tools.every((name) =>
    KNOWN_TOOLS.some(({ server, tool, effect }) => `${server}.${tool}` === name && effect === 'read'),
  );
}
