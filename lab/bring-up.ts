import { ensureAccounts } from './accounts.ts';
import type { Lab } from './component.ts';
import { componentsOf, type Scope } from './components/index.ts';
import { exists, writePrivate } from './files.ts';
import { ensureArgocd } from './gitops/argocd.ts';
import { ensureGitea } from './gitops/gitea.ts';
import { writeKubeconfigs } from './kubeconfig.ts';
import { kubectl } from './kubectl-exec.ts';
import { startAll } from './supervisor.ts';

/** The lab's own (manifests/nodes.yaml), but for one that a scenario holds down: a test may add others and take them away. */
const NODES = '--selector=lab/model,!lab.kwok/fault';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** Everything that makes a lab, in its order; what is there already stays. `moved`: its ports are not those of before. */
export async function bringUp(lab: Lab, scope: Scope, moved: boolean): Promise<void> {
  await ensurePki(lab);
  await writeKubeconfigs(lab);
  await startAll(lab, componentsOf(scope));
  await Promise.all([
    ensureAccounts(lab, moved),
    kubectl(lab, ['wait', '--for=condition=Ready', 'node', NODES, '--timeout=60s']),
  ]);
  if (scope === 'cluster') return;
  await ensureGitea(lab);
  await ensureArgocd(lab);
  await ensurePast(lab);
}

/** A week that Prometheus did not see: what compares today with the days before has something to compare with. */
async function ensurePast(lab: Lab): Promise<void> {
  const written = lab.path('data', 'prometheus', 'past-written');
  if (await exists(written)) return;
  const { writePast } = await import('./past/past.ts');
  const now = Date.now();
  const prometheus = { url: `http://127.0.0.1:${lab.ports.prometheus}` };
  await writePast(
    { kubeconfig: lab.kubeconfig, prometheus },
    { from: now - WEEK_MS, to: now - MINUTE_MS, step: 2 * MINUTE_MS },
  );
  await writePrivate(written, '');
  lab.report(`a week of metrics written (${((Date.now() - now) / 1000).toFixed(1)}s)`);
}

async function ensurePki(lab: Lab): Promise<void> {
  const done = lab.path('pki', 'done');
  if (await exists(done)) return;
  // Loaded here, since it is slow to load and needed once in a lab's life.
  const { makePki } = await import('./pki.ts');
  await makePki(lab.path('pki'));
  await writePrivate(done, '');
}
