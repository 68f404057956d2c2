import { ensureAccounts } from './accounts.ts';
import type { Lab } from './component.ts';
import { componentsOf, type Scope } from './components/index.ts';
import { exists, writePrivate } from './files.ts';
import { ensureArgocd } from './gitops/argocd.ts';
import { ensureGitea } from './gitops/gitea.ts';
import { writeKubeconfigs } from './kubeconfig.ts';
import { kubectl } from './kubectl-exec.ts';
import { startAll } from './supervisor.ts';

/** The lab's own (manifests/nodes.yaml): a test may add others and take them away. */
const NODES = ['pi5-a', 'pi5-b', 'pi3'];

/** Everything that makes a lab, in its order; what is there already stays. `moved`: its ports are not those of before. */
export async function bringUp(lab: Lab, scope: Scope, moved: boolean): Promise<void> {
  await ensurePki(lab);
  await writeKubeconfigs(lab);
  await startAll(lab, componentsOf(scope));
  await Promise.all([
    ensureAccounts(lab, moved),
    kubectl(lab, ['wait', '--for=condition=Ready', 'node', ...NODES, '--timeout=60s']),
  ]);
  if (scope === 'cluster') return;
  await ensureGitea(lab, moved);
  await ensureArgocd(lab, moved);
}

async function ensurePki(lab: Lab): Promise<void> {
  const done = lab.path('pki', 'done');
  if (await exists(done)) return;
  // Loaded here, since it is slow to load and needed once in a lab's life.
  const { makePki } = await import('./pki.ts');
  await makePki(lab.path('pki'));
  await writePrivate(done, '');
}
