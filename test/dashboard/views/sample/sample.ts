import type { InboxEntry } from '../../../../shared/control-plane/ports.ts';
import type { Kept } from '../plane.ts';
import { APPROVALS } from './approvals.ts';
import { RECORDS } from './records.ts';
import { STATUS } from './status.ts';
import { HOUR, MIN, NOW, RUN, VERIFIED_RUN } from './times.ts';
import { EVENTS, VERIFIED_EVENTS, WORKFLOWS } from './workflows.ts';

const INBOX: readonly InboxEntry[] = [
  {
    id: 'in-1',
    version: 1,
    receivedAt: NOW - 5_000,
    updatedAt: NOW - 5_000,
    seen: 1,
    body: { kind: 'manual', workflow: 'pod-crashloop-remediation', inputs: {}, by: 'anna' },
  },
];

/** A cluster on a bad morning: something of everything that the pages can show. */
export const SAMPLE: Kept = {
  approvals: APPROVALS,
  records: RECORDS,
  chains: [
    { writer: 'kubectl-4123', records: 1_841, lastAt: new Date(NOW - MIN).toISOString() },
    { writer: 'gitea-4130', records: 212, lastAt: new Date(NOW - HOUR).toISOString() },
  ],
  runs: { [RUN]: EVENTS, [VERIFIED_RUN]: VERIFIED_EVENTS },
  rows: [
    {
      run: RUN,
      workflow: 'pod-crashloop-remediation',
      status: 'running',
      createdAt: NOW - 6 * MIN,
      updatedAt: NOW - 4 * MIN,
    },
    {
      run: VERIFIED_RUN,
      workflow: 'pod-crashloop-remediation',
      status: 'failed',
      createdAt: NOW - 50 * MIN,
      updatedAt: NOW - 33 * MIN,
      verified: 'not-cleared',
    },
    {
      run: 'run-1a9s8d7f6g',
      workflow: 'cluster-health-check',
      status: 'succeeded',
      createdAt: NOW - 3.5 * HOUR,
      updatedAt: NOW - 3.4 * HOUR,
    },
  ],
  inbox: INBOX,
  status: STATUS,
  workflows: WORKFLOWS,
};
