import { routeAlerts } from './alert-config.ts';
import type { Lab } from './component.ts';
import type { Scope } from './components/index.ts';
import { argocdOperator, argocdViewer, giteaOwner, giteaViewer } from './gitops/access.ts';
import { OWNER, REPOSITORY } from './gitops/names.ts';
import { repositoryUrl } from './gitops/repository.ts';
import { secretFile } from './secrets.ts';

/** A cluster that is up. The kubeconfigs hold all that they need, and are readable by their owner only. */
export interface LabInfo {
  readonly dir: string;
  /** The admin's, by client certificate. */
  readonly kubeconfig: string;
  /** A service account that reads everything but Secrets. */
  readonly readonlyKubeconfig: string;
  /** A service account that only reads and scales Deployments in `team-a`. */
  readonly limitedKubeconfig: string;
  readonly server: string;
  readonly caFile: string;
  readonly kubectl: string;
  /** Ends the lab's processes; its state stays. */
  readonly down: () => Promise<void>;
}

/** An API that asks for a token. Files hold the token alone and are readable by their owner only. */
interface ApiInfo {
  readonly url: string;
  /** Of an account that may do all. */
  readonly tokenFile: string;
  /** Of an account that may read and change nothing. */
  readonly viewerTokenFile: string;
  /** To sign in with a browser, or to make more accounts. */
  readonly user: string;
  readonly passwordFile: string;
}

interface GiteaInfo extends ApiInfo {
  /** The repository that Argo CD deploys from. */
  readonly repository: { readonly owner: string; readonly name: string; readonly url: string };
}

/** The whole lab. */
export interface WholeLabInfo extends LabInfo {
  readonly argocd: ApiInfo;
  readonly gitea: GiteaInfo;
  readonly prometheus: { readonly url: string };
  readonly alertmanager: {
    readonly url: string;
    /** Sends every alert to this webhook from now on; undefined, as at first, sends them nowhere. */
    readonly sendTo: (webhook: string | undefined, token?: string) => Promise<void>;
  };
}

export function infoOf(lab: Lab, scope: Scope, down: () => Promise<void>): LabInfo | WholeLabInfo {
  const { dir, kubeconfig, path, server, caFile, kubectl } = lab;
  const cluster = {
    dir,
    kubeconfig,
    server,
    caFile,
    readonlyKubeconfig: path('readonly.kubeconfig'),
    limitedKubeconfig: path('limited.kubeconfig'),
    kubectl,
    down,
  };
  return scope === 'cluster' ? cluster : { ...cluster, ...wholeOf(lab) };
}

function wholeOf(lab: Lab): Omit<WholeLabInfo, keyof LabInfo> {
  const local = (port: number) => ({ url: `http://127.0.0.1:${port}` });
  return {
    argocd: {
      ...argocdOperator(lab),
      viewerTokenFile: argocdViewer(lab).tokenFile,
      user: 'admin',
      passwordFile: secretFile(lab, 'argocd.password'),
    },
    gitea: {
      ...giteaOwner(lab),
      viewerTokenFile: giteaViewer(lab).tokenFile,
      user: OWNER,
      passwordFile: secretFile(lab, 'gitea.password'),
      repository: { owner: OWNER, name: REPOSITORY, url: repositoryUrl(giteaOwner(lab).url) },
    },
    prometheus: local(lab.ports.prometheus),
    alertmanager: { ...local(lab.ports.alertmanager), sendTo: (webhook, token) => routeAlerts(lab, webhook, token) },
  };
}
