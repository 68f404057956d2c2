import type { Lab } from './component.ts';
import { exists } from './files.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubectl } from './kubectl-exec.ts';
import { manifest } from './manifests.ts';

/** A year: a lab is younger. */
const TOKEN_LIFETIME = '8760h';

/** Makes the two lesser accounts and a kubeconfig for each; `fresh` when their old ones may point elsewhere. */
export async function ensureAccounts(lab: Lab, fresh: boolean): Promise<void> {
  const files = { readonly: lab.path('readonly.kubeconfig'), limited: lab.path('limited.kubeconfig') };
  if (!fresh && (await exists(files.readonly)) && (await exists(files.limited))) return;
  await kubectl(lab, ['apply', '-f', manifest('accounts.yaml')]);
  const token = (namespace: string, name: string) =>
    kubectl(lab, ['create', 'token', name, `--namespace=${namespace}`, `--duration=${TOKEN_LIFETIME}`]);
  const [readonly, limited] = await Promise.all([token('lab', 'readonly'), token('team-a', 'limited')]);
  await writeKubeconfig(lab, files.readonly, 'readonly', { token: readonly });
  await writeKubeconfig(lab, files.limited, 'limited', { token: limited });
}
