import { request } from 'node:http';
import { expect, it, vi } from 'vitest';
import { anApproval } from '../support/builders.ts';
import { bearer, type DashboardRig, startDashboard } from '../support/dashboard.ts';

interface Client {
  readonly seen: () => string;
  readonly ended: () => boolean;
  readonly leave: () => void;
}

/** Listens as a browser's EventSource does. */
async function listen({ url }: DashboardRig, token: string): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const client = request(`${url}/api/events`, { headers: bearer(token), agent: false });
  client
    .on('error', () => {})
    .on('response', (response) => {
      if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
      let [seen, ended] = ['', false];
      response.setEncoding('utf8').on('data', (text) => {
        seen += text;
        resolve({ seen: () => seen, ended: () => ended, leave: () => client.destroy() });
      });
      response
        .on('error', () => {})
        .on('close', () => {
          ended = true;
        });
    });
  client.end();
  return promise;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

it('tells a hundred clients what has changed, and nothing more', async () => {
  const rig = await startDashboard();
  const token = await rig.token();
  const clients = await Promise.all(Array.from({ length: 100 }, () => listen(rig, token)));
  await rig.controlPlane.approvals.open(anApproval({ details: 'a secret matter' }));
  await until(() => {
    for (const { seen } of clients) expect(seen()).toBe('retry: 3000\n\nevent: change\ndata: approvals\n\n');
  });
});

it('tells changes that come together once', async () => {
  const rig = await startDashboard();
  const client = await listen(rig, await rig.token());
  for (let i = 0; i < 50; i += 1) await rig.controlPlane.approvals.open(anApproval({ id: `ap-${i}`, key: `key-${i}` }));
  await until(() => expect(client.seen()).toContain('approvals'));
  await rig.controlPlane.inbox.trigger({ workflow: 'w', inputs: {}, by: 'ada' }, 1);
  await until(() => expect(client.seen()).toContain('inbox'));
  expect(client.seen().split('data: approvals').length - 1).toBeLessThan(10);
});

it('forgets clients that have gone, and takes no more than 200', async () => {
  const rig = await startDashboard();
  const token = await rig.token();
  const clients = await Promise.all(Array.from({ length: 200 }, () => listen(rig, token)));
  await expect(listen(rig, token)).rejects.toThrow('status 503');
  for (const { leave } of clients) leave();
  await until(async () => expect((await listen(rig, token)).ended()).toBe(false));
});

it('is for nobody without a login or a token', async () => {
  const rig = await startDashboard();
  expect((await rig.ask('/api/events')).status).toBe(401);
});

it('ends streams and long polls when the server closes, with what there is', async () => {
  const rig = await startDashboard();
  const agent = await rig.program();
  const client = await listen(rig, await rig.token());
  await agent('/api/approvals', { method: 'POST', body: anApproval({ expiresAt: rig.clock.now() + 900_000 }) });
  const poll = agent(`/api/approvals/${anApproval().id}?state=pending&wait=50`);
  await until(() => expect(client.seen()).toContain('approvals'));
  await rig.listening.close(10_000);
  expect(await poll).toMatchObject({ status: 200, json: { state: 'pending' } });
  await until(() => expect(client.ended()).toBe(true));
});
