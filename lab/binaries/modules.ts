import type { BuildStep, ModuleSpec } from './module.ts';
import { pinned } from './module.ts';
import { ARGOCD_PROGRAMS, CONTROL_PLANE_PROGRAMS, GITOPS_PROGRAMS } from './programs.ts';

const STRIPPED = '-s -w';

/** Versions are stamped, since clients ask the API server for its own. */
function kubernetesStamps(goMod: string): string {
  const version = pinned(goMod, 'k8s.io/kubernetes');
  const [major, minor] = version.split('.');
  const stamps = [`gitVersion=v${version}`, `gitMajor=${major}`, `gitMinor=${minor}`, 'gitTreeState=clean'];
  const targets = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const ldflags = targets.flatMap((target) => stamps.map((stamp) => `-X ${target}.${stamp}`));
  const kwok = `-X sigs.k8s.io/kwok/pkg/consts.Version=v${pinned(goMod, 'sigs.k8s.io/kwok')}`;
  return [STRIPPED, ...ldflags, kwok].join(' ');
}

export const controlPlane: ModuleSpec = {
  name: 'control-plane',
  title: 'the control plane',
  takes: '7 to 10 minutes',
  programs: CONTROL_PLANE_PROGRAMS,
  sources: ['main.go'],
  builds: [{ package: '.', binary: 'hyperkube', names: CONTROL_PLANE_PROGRAMS, ldflags: kubernetesStamps }],
};

const ARGOCD = 'github.com/argoproj/argo-cd/v3';
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5';
const ALERTMANAGER = 'github.com/prometheus/alertmanager';

const argocd: BuildStep = {
  package: `${ARGOCD}/cmd`,
  binary: 'argocd',
  names: ARGOCD_PROGRAMS.filter((name) => name !== 'argocd'),
  ldflags: (goMod) => `${STRIPPED} -X ${ARGOCD}/common.version=${pinned(goMod, ARGOCD)}`,
};

const stamped = (version: string) => `${STRIPPED} -X github.com/prometheus/common/version.Version=${version}`;

const prometheus: BuildStep = {
  package: 'github.com/prometheus/prometheus/cmd/prometheus',
  binary: 'prometheus',
  // Of all clouds' ways to find targets only Kubernetes' own: half the binary.
  tags: 'remove_all_sd,enable_kubernetes_sd',
  // Prometheus 3.13.5 is module v0.313.5.
  ldflags: (goMod) => {
    const [, minor = '', patch] = pinned(goMod, 'github.com/prometheus/prometheus').split('.');
    return stamped(`${minor.slice(0, 1)}.${Number(minor.slice(1))}.${patch}`);
  },
};

const alertmanager: BuildStep = {
  package: `${ALERTMANAGER}/cmd/alertmanager`,
  binary: 'alertmanager',
  ldflags: (goMod) => stamped(pinned(goMod, ALERTMANAGER)),
};

export const gitops: ModuleSpec = {
  name: 'gitops',
  title: 'Argo CD, Prometheus and Alertmanager',
  takes: '4 to 8 minutes',
  programs: GITOPS_PROGRAMS,
  sources: ['redis-lite/main.go'],
  builds: [
    argocd,
    // Which the repo server calls.
    {
      package: KUSTOMIZE,
      binary: 'kustomize',
      ldflags: (goMod) => `${STRIPPED} -X sigs.k8s.io/kustomize/api/provenance.version=v${pinned(goMod, KUSTOMIZE)}`,
    },
    prometheus,
    alertmanager,
    { package: './redis-lite', binary: 'redis-lite', ldflags: () => STRIPPED },
  ],
  patches: [
    // Its metrics would be served to the whole network, and no flag says otherwise.
    { module: ARGOCD, file: 'controller/appcontroller.go', find: '"0.0.0.0:%d"', text: '"127.0.0.1:%d"' },
    // It embeds the pages of its UI, which the module lacks.
    { module: ALERTMANAGER, file: 'ui/app/dist/index.html', text: '<!doctype html><p>Built without its UI.</p>\n' },
  ],
  files: [
    { module: ARGOCD, from: 'manifests/crds', to: 'share/argocd/crds' },
    { module: ARGOCD, from: 'manifests/base/config', to: 'share/argocd/config' },
    // The repo server calls both by name.
    { module: ARGOCD, from: 'hack/git-verify-wrapper.sh', to: 'git-verify-wrapper.sh', executable: true },
    { module: ARGOCD, from: 'hack/gpg-wrapper.sh', to: 'gpg-wrapper.sh', executable: true },
  ],
};

const GITEA = 'code.gitea.io/gitea';

export const gitea: ModuleSpec = {
  name: 'gitea',
  title: 'Gitea',
  takes: '4 to 6 minutes',
  programs: ['gitea'],
  sources: [],
  // For SQLite, which is C.
  cgo: true,
  builds: [
    {
      package: GITEA,
      binary: 'gitea',
      tags: 'sqlite,sqlite_unlock_notify',
      ldflags: (goMod) => `${STRIPPED} -X main.Version=${pinned(goMod, GITEA)}`,
    },
  ],
  files: ['templates', 'options', 'public'].map((name) => ({ module: GITEA, from: name, to: `share/gitea/${name}` })),
};
