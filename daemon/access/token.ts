import { type Cluster, pathOf } from '../../shared/cluster/cluster.ts';
import { ensureOk, jsonOf } from '../../shared/cluster/status.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { stringAt } from '../../shared/kernel/json.ts';

export interface AccountToken {
  readonly token: string;
  /** Milliseconds since the epoch; the API server decides. */
  readonly expires: number;
}

const ACCOUNTS = { group: '', version: 'v1', plural: 'serviceaccounts', namespaced: true } as const;

/**
 * A token of another ServiceAccount (TokenRequest: it is posted, and stores nothing). It cannot be bound to the pod that
 * asks, since that runs as another account; so it is short-lived instead.
 */
export async function requestToken(
  cluster: Cluster,
  account: { readonly namespace: string; readonly name: string; readonly seconds: number },
  signal: AbortSignal,
): Promise<AccountToken> {
  const { namespace, name, seconds } = account;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: seconds },
  };
  const path = pathOf({ resource: ACCOUNTS, namespace, name }, 'token');
  const what = `a token of ServiceAccount/${name} in ${namespace}`;
  const answer = jsonOf(ensureOk(await cluster.send({ method: 'POST', path, body, signal }), what), what);
  const token = stringAt(answer, 'status', 'token');
  const expires = Date.parse(stringAt(answer, 'status', 'expirationTimestamp') ?? '');
  if (token !== undefined && Number.isFinite(expires)) return { token, expires };
  throw new OpsError('rejected_by_backend', `${what}: the answer has none.`, 'Check that this is an API server.');
}
