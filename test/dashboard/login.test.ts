import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Browser, cookieOf, type DashboardRig, FORM, form, PASSWORD, startDashboard } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';

const TRIES = 10_000;

/** A rig behind one proxy of ours, in which ada has a login. */
async function withAda() {
  const rig = await startDashboard({ proxies: 1 });
  await rig.person();
  /** Tries past the network: 10,000 of them are to take seconds. */
  const tries = async (password: string, address: string, name = 'ada') => {
    const headers = {
      ...FORM,
      host: '127.0.0.1',
      origin: 'http://127.0.0.1',
      'x-forwarded-for': `6.6.6.6, ${address}`,
    };
    const body = form({ name, password });
    return rig.dashboard.app.request('http://127.0.0.1/login', { method: 'POST', headers, body });
  };
  return { rig, tries };
}

function counted(statuses: readonly number[]): Record<number, number> {
  return Object.fromEntries([401, 429, 303].map((status) => [status, statuses.filter((got) => got === status).length]));
}

it('judges 20 of 10,000 passwords from one address, and says when to come back', async () => {
  const { rig, tries } = await withAda();
  const statuses: number[] = [];
  for (let i = 0; i < TRIES; i += 1) statuses.push((await tries(`guess ${i}`, '10.0.0.1')).status);
  // The one that made ada's login was the first of another address.
  expect(counted(statuses)).toEqual({ 401: 20, 429: TRIES - 20, 303: 0 });
  const right = await tries(PASSWORD, '10.0.0.1');
  expect(right.status).toBe(429);
  expect(right.headers.get('retry-after')).toBe('900');
  expect(await right.text()).toContain('Too many tries');
  expect((await tries(PASSWORD, '10.0.0.2')).status).toBe(303);
  rig.clock.advance(15 * 60_000);
  expect((await tries(PASSWORD, '10.0.0.1')).status).toBe(303);
}, 60_000);

it('judges 50 of 2,000 passwords for one name, from however many addresses', async () => {
  const { rig, tries } = await withAda();
  const statuses: number[] = [];
  for (let i = 0; i < 2_000; i += 1) statuses.push((await tries(`guess ${i}`, `10.0.${i % 4}.${i % 250}`)).status);
  expect(counted(statuses)).toEqual({ 401: 50, 429: 1_950, 303: 0 });
  rig.clock.advance(15 * 60_000);
  expect((await tries(PASSWORD, '10.0.0.9')).status).toBe(303);
}, 120_000);

it('forgets no try with a restart: they are in the store', async () => {
  const file = join(tempFolder(), 'state.db');
  const [before, after] = [await startDashboard({ file }), await startDashboard({ file })];
  await before.person();
  const login = ({ url }: DashboardRig, password: string) => new Browser(url).post('/login', { name: 'ada', password });
  for (let i = 0; i < 19; i += 1) await login(before, `guess ${i}`);
  expect((await login(after, PASSWORD)).status).toBe(429);
});

it('never believes what a client says of its own address', async () => {
  const rig = await startDashboard();
  await rig.person();
  const statuses = await Promise.all(
    Array.from({ length: 25 }, async (_, i) => {
      const headers = { ...FORM, origin: rig.url, 'x-forwarded-for': `10.0.0.${i}` };
      return (await rig.ask('/login', { method: 'POST', headers, body: form({ name: `n${i}`, password: 'x' }) }))
        .status;
    }),
  );
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(4);
});

it('takes as long for a name that nobody has', async () => {
  const { tries } = await withAda();
  const times = async (name: string) => {
    const began = performance.now();
    expect((await tries('a wrong one', '10.0.0.1', name)).status).toBe(401);
    return performance.now() - began;
  };
  const [known, unknown] = [await times('ada'), await times('nobody')];
  expect(unknown).toBeGreaterThan(known / 4);
});

it('makes the first login by a link that counts once, for an hour, and while there is nobody', async () => {
  const rig = await startDashboard();
  const { users } = rig.dashboard;
  const [used, other, old] = [
    await users.link({ first: true }),
    await users.link({ first: true }),
    await users.link({ first: false }),
  ];
  const ada = new Browser(rig.url);
  expect((await ada.get(`/setup/${used}`)).text).toContain('Set up your login');
  expect((await ada.post(`/setup/${used}`, { name: 'ada', password: 'short' })).status).toBe(403);
  expect((await ada.post(`/setup/${used}`, { name: 'a b', password: PASSWORD })).status).toBe(403);
  expect(await ada.post(`/setup/${used}`, { name: 'ada', password: PASSWORD })).toMatchObject({ status: 303 });
  expect((await ada.get('/')).status).toBe(200);
  const eve = new Browser(rig.url);
  for (const secret of [used, other]) {
    expect((await eve.post(`/setup/${secret}`, { name: 'eve', password: PASSWORD })).status).toBe(403);
  }
  rig.clock.advance(60 * 60_000);
  expect((await eve.post(`/setup/${old}`, { name: 'eve', password: PASSWORD })).status).toBe(403);
  expect(eve.cookie).toBe('');
});

it('gives a person a new password by a link, and signs them out everywhere', async () => {
  const rig = await startDashboard();
  const ada = await rig.person('ada');
  const before = ada.cookie;
  const secret = await rig.dashboard.users.link({ first: false, name: 'ada' });
  const answer = await new Browser(rig.url).post(`/setup/${secret}`, {
    name: 'eve',
    password: 'another long password',
  });
  expect(cookieOf(answer)).not.toBe('');
  expect((await rig.ask('/', { headers: { cookie: before } })).status).toBe(303);
  expect((await ada.post('/login', { name: 'ada', password: PASSWORD })).status).toBe(401);
  expect((await ada.post('/login', { name: 'ada', password: 'another long password' })).status).toBe(303);
});

it('makes nobody of a name that is taken', async () => {
  const rig = await startDashboard();
  await rig.person('ada');
  const secret = await rig.dashboard.users.link({ first: false });
  const eve = new Browser(rig.url);
  const answer = await eve.post(`/setup/${secret}`, { name: 'ada', password: 'another long password' });
  expect(answer.status).toBe(403);
  expect(eve.cookie).toBe('');
});

it('sets nothing up, and signs nobody in, for a page of somebody else', async () => {
  const rig = await startDashboard();
  const secret = await rig.dashboard.users.link({ first: true });
  const eve = new Browser(rig.url);
  const evil = { origin: 'https://evil.example' };
  expect((await eve.post(`/setup/${secret}`, { name: 'eve', password: PASSWORD }, evil)).status).toBe(403);
  await rig.person('ada');
  expect((await eve.post('/login', { name: 'ada', password: PASSWORD }, evil)).status).toBe(403);
  expect(eve.cookie).toBe('');
});
