import { describe, expect, it } from 'vitest';
import type { InboxEntry } from '../../../shared/control-plane/ports.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { anApproval } from '../../support/builders.ts';
import { get, planeOf } from './plane.ts';
import { NOW } from './sample/times.ts';
import { EVENTS } from './sample/workflows.ts';

const waiting = (change = {}) => anApproval({ createdAt: NOW - 60_000, expiresAt: NOW + 60_000, ...change });
const RUN = 'run-7k2m4x9q1c';

function anEntry(status: string): InboxEntry {
  const alert = {
    labels: { alertname: 'KubePodCrashLooping' },
    annotations: {},
    status,
    startsAt: '',
    endsAt: '',
    generatorURL: '',
    fingerprint: 'f',
  };
  return {
    id: 'in-1',
    version: 1,
    receivedAt: NOW,
    updatedAt: NOW,
    seen: 1,
    run: RUN,
    body: { kind: 'alert', groupKey: 'g', alert },
  };
}

const down = () => Promise.reject(new OpsError('store_unavailable', 'The database is locked.', 'Wait a moment.'));
const withoutApprovals = () => ({ approvals: { ...planeOf({}).approvals, list: down, get: down } });

describe('the pending view', () => {
  it('says that nothing is pending only after the store has said so', async () => {
    expect((await get({}, '/pending')).html).toContain('Nothing is pending.');
    const { status, html } = await get({}, '/pending', withoutApprovals());
    expect(status).toBe(503);
    expect(html).not.toContain('Nothing is pending');
    expect(html).toContain('The approvals could not be read.');
    expect(html).toContain('The database is locked.');
  });

  it('does not tell a number of waiting ones that it does not know', async () => {
    const { html } = await get({}, '/', withoutApprovals());
    expect(html).toContain('(not known)');
    expect(html).toContain('<title>Status · k8s-agent</title>');
  });

  it('counts what waits in the title and beside the link, on every page', async () => {
    const { html } = await get({ approvals: [waiting(), waiting({ id: 'ap-2' })] }, '/history');
    expect(html).toContain('<title>(2) History · k8s-agent</title>');
    expect(html).toContain('(2 waiting)');
  });

  it('shows who asks for what, why, at which risk, by which rule, and until when', async () => {
    const { html } = await get({ approvals: [waiting({ agent: 'k8s-diagnostician' })] }, '/pending');
    for (const text of [
      'scale Deployment/web in shop',
      'k8s-diagnostician',
      'more load',
      'needs room on the nodes',
      'kubectl.scale',
      '&quot;scale&quot; (default)',
      'in 1 min 00 s',
    ])
      expect(html).toContain(text);
    expect(html).toContain('<span class="from">replicas 2</span>');
    expect(html).toContain('<span class="to">5</span>');
  });

  it('gives a plain form for the answer, with a reason and the token against forgery', async () => {
    const { html } = await get({ approvals: [waiting()] }, '/pending');
    expect(html).toContain('method="post" action="/api/approvals/ap-0000000001/settle"');
    expect(html).toContain('name="csrf" value="csrf-1"');
    expect(html).toContain('name="decision" value="approve"');
    expect(html).toContain('name="decision" value="reject"');
    // Enter in a single-line field would press the first button.
    expect(html).toMatch(/<textarea [^>]*name="reason"/);
  });

  it('takes an approval whose time is over for expired, and asks nobody', async () => {
    const { html } = await get({ approvals: [waiting({ expiresAt: NOW })] }, '/pending');
    expect(html).toContain('Nothing is pending.');
    expect(html).toContain('Expired, nothing was changed: nobody answered in time');
    expect(html).not.toContain('/settle"');
  });

  it('tells the one who comes too late who was first, and takes no other answer', async () => {
    const settled = { at: NOW - 5_000, by: 'bert', via: 'cli', reason: 'not now' } as const;
    const { html } = await get({ approvals: [waiting({ state: 'rejected', settled })] }, '/pending/ap-0000000001');
    expect(html).toContain('Nothing was changed. Rejected by <strong>bert</strong> (cli)');
    expect(html).toContain('<q>not now</q>');
    expect(html).not.toContain('/settle"');
  });

  it('lets an unknown outcome stand out, with what a person has to do', async () => {
    const { html } = await get(
      { approvals: [waiting({ state: 'unknown', result: 'the server ended' })] },
      '/pending/ap-0000000001',
    );
    expect(html).toContain('<span class="badge loud">unknown</span>');
    expect(html).toContain('it may have run. Look at the target; it is never run again by itself: the server ended');
  });

  it('calls a question stale when the alert behind its run is resolved', async () => {
    const kept = { approvals: [waiting({ run: RUN })], runs: { [RUN]: EVENTS } };
    expect((await get({ ...kept, inbox: [anEntry('firing')] }, '/pending')).html).not.toContain('Stale:');
    const { html } = await get({ ...kept, inbox: [anEntry('resolved')] }, '/pending');
    expect(html).toContain('Stale:</strong> the alert KubePodCrashLooping is resolved');
    expect(html).toContain('/settle"');
  });

  it('calls a question stale when its run has ended without it', async () => {
    const ended = { type: 'ended', at: NOW, status: 'cancelled', reason: 'enough', outputs: {} } as const;
    const kept = { approvals: [waiting({ run: RUN })], runs: { [RUN]: [...EVENTS, ended] } };
    expect((await get(kept, '/pending')).html).toContain('Stale:</strong> its run has ended (cancelled)');
  });

  it('names the workflow of the run that asks', async () => {
    const { html } = await get({ approvals: [waiting({ run: RUN })], runs: { [RUN]: EVENTS } }, '/pending');
    expect(html).toContain('pod-crashloop-remediation <a class="mono" href="/runs/run-7k2m4x9q1c">');
  });

  it('answers 404 for an approval that there is not', async () => {
    const { status, html } = await get({}, '/pending/ap-x');
    expect(status).toBe(404);
    expect(html).toContain('No such approval');
  });
});

describe('pages', () => {
  it.each(['/', '/pending', '/pending/ap-1', '/history', '/history.jsonl', '/runs/r', '/workflows', '/workflows/w'])(
    'are for people who have signed in: %s',
    async (path) => {
      const { status, headers } = await get({}, path, { currentUser: () => undefined });
      expect(status).toBe(303);
      expect(headers.get('location')).toBe('/login');
    },
  );

  it('let anybody see the form to sign in, and no views beside it', async () => {
    const { status, html } = await get({}, '/login?problem=wrong', { currentUser: () => undefined });
    expect(status).toBe(200);
    expect(html).toContain('That name and password do not belong together.');
    expect(html).not.toContain('<nav');
  });
});
