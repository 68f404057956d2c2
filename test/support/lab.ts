import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type LabInfo, labUp, type WholeLabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { Cluster } from '../../shared/cluster/cluster.ts';
import { connect } from '../../shared/cluster/kubeconfig.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

/**
 * The tests' own lab, beside a user's: every suite of a run shares it, each in namespaces of its own. `npm test` brings
 * a fresh one; vitest called by hand keeps this one, which `npm run lab -- --dir FOLDER reset` empties.
 */
export function testLabDir(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.K8S_AGENT_TEST_LAB_DIR ?? join(cache, 'k8s-agent-orchestrator', 'lab-test');
}

/** The running cluster: found up, or brought up. */
export function labForTests(): Promise<LabInfo> {
  return labUp({ dir: testLabDir(), scope: 'cluster' });
}

/** The same lab with Argo CD, Gitea, Prometheus and Alertmanager. */
export function wholeLabForTests(): Promise<WholeLabInfo> {
  return labUp({ dir: testLabDir() });
}

/** What our servers find in their environment of the lab's backends. */
export function backendsOf({ argocd, gitea, prometheus, alertmanager }: WholeLabInfo): Record<string, string> {
  return {
    ARGOCD_SERVER: argocd.url,
    ARGOCD_AUTH_TOKEN: readFileSync(argocd.tokenFile, 'utf8').trim(),
    GITEA_URL: gitea.url,
    GITEA_TOKEN: readFileSync(gitea.tokenFile, 'utf8').trim(),
    PROMETHEUS_URL: prometheus.url,
    ALERTMANAGER_URL: alertmanager.url,
  };
}

/** Reads and writes as the user of a kubeconfig. */
export function clusterFor(kubeconfig: string): Cluster {
  return new Cluster(() => connect({ kubeconfig }, systemClock), systemClock);
}

/** A namespace that no other suite knows. */
export async function freshNamespace(lab: LabInfo, prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await kubectl(lab, ['create', 'namespace', name]);
  return name;
}
