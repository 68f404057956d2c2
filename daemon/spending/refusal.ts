import type { Config } from '../../shared/config/schema.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { timeIn } from '../../shared/notify/times.ts';

/** Milliseconds after which a step that runs may have given back what it did not need. */
const SOON = 30_000;

/** Why a step may take nothing now. */
export interface Refusal {
  readonly kind: 'refused';
  /** Whose budget is used up: that of the run stays so. `steps`: those that run now hold what is left of the day's. */
  readonly of: 'run' | 'day' | 'steps';
  readonly why: OpsError;
  /** When there may be money again, in milliseconds since the epoch; absent where there never is. */
  readonly retryAt?: number;
}

interface Circumstances {
  readonly run: string;
  readonly budget: Config['daemon']['budget'];
  readonly timezone: string;
  readonly now: number;
  /** When the day's budget starts anew. */
  readonly until: number;
  /** US dollars. */
  readonly spentByRun: number;
  readonly spent: number;
  readonly held: number;
  readonly ofRun: boolean;
  /** Whether the day's is spent; else steps that run hold what is left of it. */
  readonly ofDay: boolean;
}

export function refusalOf(circumstances: Circumstances): Refusal {
  const { run, budget, timezone, now, until, spentByRun, spent, held, ofRun, ofDay } = circumstances;
  const anew = `It starts anew at ${timeIn(until, timezone)}.`;
  if (ofRun)
    return {
      ...{ kind: 'refused', of: 'run' },
      why: usedUp(
        `The agents of ${run} took ${usd(spentByRun)} of the ${usd(budget.run)} that one run may take.`,
        'Look at what it did, and start it anew; or raise daemon.budget.run in k8s-agent.yaml.',
      ),
    };
  if (ofDay)
    return {
      ...{ kind: 'refused', of: 'day', retryAt: until },
      why: usedUp(
        `Agents took ${usd(spent)} today, and ${usd(budget.day)} is the budget of a day.`,
        `${anew} Or raise daemon.budget.day in k8s-agent.yaml.`,
      ),
    };
  return {
    ...{ kind: 'refused', of: 'steps', retryAt: Math.min(until, now + SOON) },
    why: usedUp(
      `Of today's ${usd(budget.day)} agents took ${usd(spent)}, and ${usd(held)} is set aside for steps that run, or whose daemon has died.`,
      `What they do not need comes back when they end. ${anew}`,
    ),
  };
}

function usedUp(message: string, hint: string): OpsError {
  return new OpsError('precondition_failed', message, hint);
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
