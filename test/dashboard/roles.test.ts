import { expect, it } from 'vitest';
import { EVENTS_PATH, ROUTES } from '../../shared/control-plane/api.ts';
import { bearer, startDashboard } from '../support/dashboard.ts';

const ALERTMANAGER = 'the token of Alertmanager';

type Who = 'nobody' | 'alertmanager' | 'agent' | 'daemon' | 'person';

/** Who may call what. A line that changes here is a change of who has which power: look at it as at a policy. */
const MAY: Readonly<Record<string, readonly Who[]>> = {
  'POST /api/approvals': ['agent', 'daemon'],
  'GET /api/approvals': ['agent', 'daemon', 'person'],
  'GET /api/approvals/:id': ['agent', 'daemon', 'person'],
  'POST /api/approvals/:id/swap': ['agent', 'daemon'],
  'POST /api/approvals/:id/settle': ['person'],
  'POST /api/actions': ['agent', 'daemon'],
  'GET /api/actions': ['agent', 'daemon', 'person'],
  'GET /api/chains': ['agent', 'daemon', 'person'],
  'GET /api/inbox': ['agent', 'daemon', 'person'],
  'POST /api/inbox/:id/acknowledge': ['daemon'],
  'POST /api/inbox/alertmanager': ['alertmanager', 'daemon'],
  'POST /api/inbox/manual': ['daemon', 'person'],
  'GET /api/runs': ['agent', 'daemon', 'person'],
  'GET /api/runs/:id/events': ['agent', 'daemon', 'person'],
  'POST /api/runs/:id/events': ['agent', 'daemon'],
  'PUT /api/status': ['daemon'],
  'GET /api/status': ['agent', 'daemon', 'person'],
  'PUT /api/workflows': ['agent', 'daemon'],
  'GET /api/workflows': ['agent', 'daemon', 'person'],
  'GET /api/daemon-state': ['daemon'],
  'POST /api/daemon-state': ['daemon'],
  [`GET ${EVENTS_PATH}`]: ['agent', 'daemon', 'person'],
};

const EVERYBODY: readonly Who[] = ['nobody', 'alertmanager', 'agent', 'daemon', 'person'];

const routes = [...Object.values(ROUTES), { method: 'GET', path: EVENTS_PATH } as const];

async function rig() {
  const dashboard = await startDashboard({ alertmanagerToken: async () => ALERTMANAGER });
  const ada = await dashboard.person();
  const headers: Readonly<Record<Who, Readonly<Record<string, string>>>> = {
    nobody: {},
    alertmanager: bearer(ALERTMANAGER),
    agent: bearer(await dashboard.token('agent')),
    daemon: bearer(await dashboard.token('daemon')),
    person: { cookie: ada.cookie, origin: dashboard.url, 'x-csrf-token': await ada.csrf() },
  };
  /** The status of a request that no route can take: whoever is let in learns that, and nothing is written. */
  const knock = async (who: Who, method: string, path: string) => {
    const gone = new AbortController();
    const url = `${dashboard.url}${path.replace(':id', 'none')}`;
    const { status } = await fetch(url, {
      method,
      headers: { ...headers[who], 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: JSON.stringify({ nothing: 'that any route takes' }) }),
      signal: gone.signal,
    });
    gone.abort();
    return status;
  };
  return { ...dashboard, knock };
}

it('has a line for each route', () => {
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(MAY).sort());
});

it.each(Object.entries(MAY))('lets in to %s: %s', async (name, may) => {
  const { knock } = await rig();
  const [method = '', path = ''] = name.split(' ');
  const got = await Promise.all(EVERYBODY.map(async (who) => ({ who, status: await knock(who, method, path) })));
  const expected = EVERYBODY.map((who) => (may.includes(who) ? 'let in' : who === 'nobody' ? 401 : 403));
  expect(got.map(({ status }) => (status === 401 || status === 403 ? status : 'let in'))).toEqual(expected);
});
