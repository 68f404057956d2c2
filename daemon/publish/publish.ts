import { backendSettings } from '../../shared/config/backends.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Sleep } from '../sleep.ts';
import { type StatusOptions, StatusPublisher, type Watched } from './status.ts';
import { type WorkflowsOptions, WorkflowsPublisher } from './workflows.ts';

/** Milliseconds between looks at the files of workflows, and between those at the cluster. */
const WORKFLOWS = 5_000;
const STATUS = 60_000;

/** What the daemon that leads publishes at the dashboard, until it is told to stop. */
export async function publish(
  options: StatusOptions & WorkflowsOptions & { readonly sleep: Sleep },
  signal: AbortSignal,
): Promise<void> {
  const { log, sleep } = options;
  const every = async (ms: number, what: string, publisher: { round(): Promise<void> }) => {
    let failing = false;
    while (!signal.aborted) {
      try {
        await publisher.round();
        failing = false;
      } catch (error) {
        // One line an outage.
        if (!failing) log(`${what} could not be published; it is tried again`, error);
        failing = true;
      }
      await sleep(ms, signal);
    }
  };
  await Promise.all([
    every(WORKFLOWS, 'the list of workflows', new WorkflowsPublisher(options)),
    every(STATUS, 'the status', new StatusPublisher(options)),
  ]);
}

/** What people hear of when it does not answer: the cluster, and what is set up besides. */
export function watchedOf(config: Config, env: Readonly<Record<string, string | undefined>>): Watched {
  const isSet = (backend: 'prometheus' | 'alertmanager' | 'argocd') =>
    backendSettings(backend, config, env).url !== undefined;
  const alerts = [
    ...(isSet('prometheus') ? ['Prometheus'] : []),
    ...(isSet('alertmanager') ? ['Alertmanager'] : []),
  ].join(' and ');
  return [
    ['nodes', 'the cluster'],
    ...(alerts === '' ? [] : ([['alerts', alerts]] as const)),
    ...(isSet('argocd') ? ([['apps', 'Argo CD']] as const) : []),
  ];
}
