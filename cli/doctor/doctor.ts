import { messageOf, OpsError } from '../../shared/kernel/errors.ts';
import type { Context } from '../context.ts';
import * as checks from './checks.ts';
import * as daemon from './daemon.ts';
import type { Finding } from './finding.ts';
import { kubeconfig } from './kubeconfig.ts';
import * as layout from './layout.ts';

const CHECKS: readonly (readonly [name: string, check: (context: Context) => Promise<Finding> | Finding])[] = [
  ['node', ({ nodeVersion, node }) => ({ seen: `${nodeVersion} at ${node}` })],
  ['bundles', checks.bundles],
  ['policy', checks.policy],
  ['configuration', checks.configuration],
  ['agents', layout.agents],
  ['skills', layout.skills],
  ['workflows', layout.workflows],
  ['guard hook', checks.hook],
  ['permissions', checks.permissions],
  ['servers', checks.servers],
  ['folders', checks.folders],
  ['kubeconfig', kubeconfig],
  ['passphrase', checks.passphrase],
  ['dashboard', daemon.dashboard],
  ['notifications', daemon.notifications],
  ['budgets', daemon.budgets],
  ['credentials', daemon.credentials],
];

export interface Report {
  readonly name: string;
  readonly finding: Finding;
}

/** Looks at everything, whatever the others find. */
export async function* examine(context: Context): AsyncGenerator<Report> {
  for (const [name, check] of CHECKS) yield { name, finding: await attempt(check, context) };
}

/** A check that throws has found something. */
async function attempt(check: (context: Context) => Promise<Finding> | Finding, context: Context): Promise<Finding> {
  try {
    return await check(context);
  } catch (error) {
    const cure = error instanceof OpsError ? error.hint : 'Repair it and look again.';
    return { problem: messageOf(error), cure };
  }
}
