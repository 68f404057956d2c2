import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { decide } from '../support/claude/elicitation-dialog.ts';
import { installProduct, type Product } from '../support/claude/product.ts';
import { say, use } from '../support/claude/script.ts';
import { installClients } from '../support/clients/install-exec.ts';
import { GiteaPerson } from '../support/gitea-rig.ts';
import { ArgocdPerson } from '../support/gitops-app.ts';
import { backendsOf, wholeLabForTests } from '../support/lab.ts';
import { readField, removeNamespaces } from '../support/lab-objects.ts';
import { prometheusRig } from '../support/prometheus-rig.ts';

const { claude } = await installClients();
const lab = await wholeLabForTests();

/** A deployment whose pods run; or crash, as a bad release would. */
const release = (fault: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {${fault}}}
    spec:
      containers: [{name: web, image: registry.example.invalid/web:1.0.0, resources: {requests: {memory: 32Mi}}}]
`;
const GOOD = release('');
const BAD = release('lab.kwok/fault: CrashLoopBackOff');

const env = backendsOf(lab);

const eventually = (expectation: () => Promise<void>) => vi.waitFor(expectation, { timeout: 60_000, interval: 500 });

it('a crash-looping app is traced to its commit, reverted by one approval, synced, and its alert resolves', async () => {
  const argocd = new ArgocdPerson(lab);
  await argocd.knowGitea();
  const { name, repo } = await argocd.app({ 'app/web.yaml': GOOD }, { automated: { selfHeal: true, prune: true } });
  onTestFinished(async () => {
    await argocd.forget(name);
    await removeNamespaces(lab, name);
  });
  const deployed = () => readField(lab, name, 'deployment/web', '{.spec.template.metadata.annotations}');
  const rolledOut = () =>
    kubectl(lab, ['rollout', 'status', 'deployment/web', `--namespace=${name}`, '--timeout=5s']).then(
      () => true,
      () => false,
    );
  await eventually(async () => expect(await rolledOut()).toBe(true));
  const bad = await new GiteaPerson(lab.gitea).commit(repo, 'release 2 of web', { 'app/web.yaml': BAD });
  await argocd.send('GET', `/applications/${name}?refresh=normal`);
  const alerts = async () =>
    (await prometheusRig({ prometheus: lab.prometheus.url }).call('alerts', { state: 'firing', filter: name })).text;
  await eventually(async () => expect(await alerts()).toMatch(/KubePodCrashLooping/));

  const delegate = (agent: string, script: string) =>
    use('Agent', { description: 'Work', prompt: `[[script:${script}]] Do it.`, subagent_type: agent });
  let product: Product | undefined;
  const pull = () => Number(/#(\d+) of/.exec(product?.model.results('propose').at(-1)?.text ?? '')?.[1]);
  product = await installProduct(claude, lab, () => ({
    incident: [
      // One call of each server first, which waits until it has started: an agent without a single tool would not be.
      use('mcp__kubectl__health', { namespace: name }),
      use('mcp__argocd__list_apps', { trouble: true }),
      use('mcp__prometheus__targets', { down: true }),
      use('mcp__gitea__list_pulls', { repo }),
      delegate('prometheus-analyst', 'alerts'),
      say('Waiting for the alerts.'),
      delegate('argocd-operator', 'history'),
      say('Waiting for the history.'),
      delegate('git-operator', 'propose'),
      say('Waiting for the proposal.'),
      delegate('git-operator', 'merge'),
      say('Waiting for the merge.'),
      delegate('argocd-operator', 'arrived'),
      say('Waiting for the sync.'),
      say('The incident is over.'),
    ],
    alerts: [use('mcp__prometheus__alerts', { filter: name }), say('It crash-loops.')],
    history: [
      use('mcp__argocd__app_history', { app: name }),
      use('mcp__argocd__rollback_app', { app: name, why: 'it crash-loops since release 2' }),
      say('It is under auto-sync: revert in Git.'),
    ],
    propose: [
      use('mcp__gitea__list_commits', { repo, path: 'app' }),
      use('mcp__gitea__revert_commit', { repo, sha: bad, why: 'its pods crash-loop since this commit' }),
      say('Proposed.'),
    ],
    merge: [
      () => use('mcp__gitea__merge_pull', { repo, number: pull(), why: 'the revert is reviewed' }),
      say('Merged.'),
    ],
    arrived: [
      use('mcp__argocd__refresh_app', { app: name }),
      use('mcp__kubectl__rollout_status', { kind: 'deploy', name: 'web', namespace: name }),
      say('Synced.'),
    ],
  }));
  // This user lets proposals through: they change nothing until somebody merges them.
  const { settings } = pathsIn(product.at.claude);
  const before = JSON.parse(readFileSync(settings, 'utf8'));
  before.autonomy.safe_actions.push('propose');
  writeFileSync(settings, JSON.stringify(before));

  const screen = await product.terminal('incident', { env });
  const dialog = await screen.waitFor('requests your input');
  expect(dialog).toContain(`merge PullRequest/1 in ${repo}`);
  expect(await deployed()).toContain('CrashLoopBackOff');
  await decide(screen, 'approve');
  await screen.waitFor('The incident is over.');
  const { model, records } = product;

  await eventually(async () => expect(await rolledOut()).toBe(true));
  expect(await deployed()).not.toContain('CrashLoopBackOff');
  await eventually(async () => expect(await alerts()).not.toMatch(/KubePodCrashLooping/));
  // Between two crashes a pod runs for a moment: health then speaks of its restarts.
  expect(model.results('incident')[0]?.text).toMatch(/CrashLoopBackOff|last Error, exit 1/);
  expect(model.results('alerts')[0]?.text).toMatch(/KubePodCrashLooping +firing/);
  expect(model.results('history')[1]?.text).toContain(`${bad.slice(0, 10)} release 2 of web`);
  expect(model.results('merge')[0]).toMatchObject({
    isError: false,
    text: expect.stringMatching(/^#1 of .* is merged/),
  });

  // The audit log tells the story, in order.
  expect(
    records().map(({ phase, agent, server, tool, outcome }) => [phase, agent, `${server}.${tool}`, outcome?.status]),
  ).toEqual([
    ['outcome', 'main', 'kubectl.health', 'ok'],
    ['outcome', 'main', 'argocd.list_apps', 'ok'],
    ['outcome', 'main', 'prometheus.targets', 'ok'],
    ['outcome', 'main', 'gitea.list_pulls', 'ok'],
    ['outcome', 'prometheus-analyst', 'prometheus.alerts', 'ok'],
    ['outcome', 'argocd-operator', 'argocd.app_history', 'ok'],
    ['outcome', 'argocd-operator', 'argocd.rollback_app', 'error'],
    ['outcome', 'git-operator', 'gitea.list_commits', 'ok'],
    ['intent', 'git-operator', 'gitea.revert_commit', undefined],
    ['outcome', 'git-operator', 'gitea.revert_commit', 'ok'],
    ['intent', 'git-operator', 'gitea.merge_pull', undefined],
    ['outcome', 'git-operator', 'gitea.merge_pull', 'ok'],
    ['outcome', 'argocd-operator', 'argocd.refresh_app', 'ok'],
    ['outcome', 'argocd-operator', 'kubectl.rollout_status', 'ok'],
  ]);
  const everything = JSON.stringify([records(), model.requests]);
  expect(everything).not.toContain(env.GITEA_TOKEN);
  expect(everything).not.toContain(env.ARGOCD_AUTH_TOKEN);
}, 240_000);
