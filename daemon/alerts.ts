import type { Approvals } from '../shared/approvals/approvals.ts';
import type { RunEvent } from '../shared/workflow/events.ts';
import type { Runs } from '../shared/workflow/runs.ts';
import { withdrawAll } from './crew/person.ts';
import type { IncidentPorts } from './incidents/incidents.ts';
import type { Starter } from './starter.ts';

/** What alerts do to runs: the first starts one; each further one, and each that resolves, is news of it. */
export function incidentPorts(deps: {
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly starter: Starter;
}): IncidentPorts {
  const { runs, approvals, starter } = deps;
  return {
    start: ({ run, workflow, alert }) =>
      starter.start({ run, workflow, cause: { kind: 'alert', by: 'Alertmanager', alert } }),
    joined: ({ run, alert }) => note(runs, run, (at) => ({ type: 'alert-joined', at, alert })),
    resolved: async ({ run, alert, left }) => {
      await note(runs, run, (at) => ({ type: 'alert-resolved', at, alert, left }));
      if (left === 0) await withdrawAll({ approvals }, run, 'its alerts have resolved');
    },
  };
}

/** Also on a run that has ended: whoever looks at it sees what became of its alerts. One that could never be started is none. */
async function note(runs: Runs, run: string, make: (at: number) => RunEvent): Promise<void> {
  if ((await runs.find(run)) !== undefined) await runs.record(run, (_, at) => make(at));
}
