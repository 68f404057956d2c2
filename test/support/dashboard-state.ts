import { ApiClient } from '../../shared/control-plane/client/api-client.ts';
import { HttpDaemonState } from '../../shared/control-plane/client/daemon-state.ts';
import type { DaemonState } from '../../shared/control-plane/ports.ts';
import { openBackend } from '../../shared/http/backend.ts';

/** What daemons share at a dashboard; for tests, and for the processes that they start. */
export function stateAt(url: string, token: string): DaemonState {
  const settings = { name: 'the dashboard', url, token: { value: token }, insecure: false, howToSet: 'Set it.' };
  return new HttpDaemonState(new ApiClient(() => openBackend(settings)));
}
