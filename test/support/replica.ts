import { onTestFinished } from 'vitest';
import type { TokenRole } from '../../dashboard/auth/tokens.ts';
import { type Listening, listen } from '../../dashboard/listen.ts';
import { createDashboard, type Dashboard } from '../../dashboard/server.ts';
import { ApiClient } from '../../shared/control-plane/client/api-client.ts';
import type { ControlPlane } from '../../shared/control-plane/ports.ts';
import { type BackendSettings, openBackend } from '../../shared/http/backend.ts';
import type { Clock } from '../../shared/kernel/clock.ts';

/** A running dashboard, and a client that has a token for it. */
export interface Replica {
  readonly dashboard: Dashboard;
  readonly url: string;
  readonly token: string;
  client(change?: Partial<BackendSettings>): ApiClient;
  /** Nobody answers there any more. */
  stop(): Promise<void>;
  /** At the same address. */
  start(): Promise<void>;
}

export async function replica(plane: ControlPlane, clock: Clock, role: TokenRole = 'daemon'): Promise<Replica> {
  const open = () =>
    createDashboard(plane, {
      clock,
      log: () => {},
      publicUrl: new URL('http://127.0.0.1'),
      sessionLife: 3_600_000,
      proxies: 0,
    });
  const dashboard = open();
  const { token } = await dashboard.tokens.create('test', role);
  let listening: Listening | undefined = await listen(dashboard, { host: '127.0.0.1', port: 0 });
  const { url } = listening;
  const stop = async () => {
    await listening?.close(0);
    listening = undefined;
  };
  onTestFinished(stop);
  return {
    dashboard,
    url,
    token,
    client: (change = {}) => {
      const settings = { name: 'the dashboard', url, token: { value: token }, insecure: false, howToSet: 'Set it.' };
      return new ApiClient(() => openBackend({ ...settings, ...change }));
    },
    stop,
    start: async () => {
      listening = await listen(open(), { host: '127.0.0.1', port: Number(new URL(url).port) });
    },
  };
}
