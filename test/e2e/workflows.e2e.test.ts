import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { breakWorkload } from '../../lab/faults.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { decide } from '../support/claude/elicitation-dialog.ts';
import { type Approved, OVER, orchestration, type RunStep } from '../support/claude/orchestration.ts';
import { installProduct, type Product } from '../support/claude/product.ts';
import { type Reply, use } from '../support/claude/script.ts';
import { installClients } from '../support/clients/install-exec.ts';
import { backendsOf, freshNamespace, wholeLabForTests } from '../support/lab.ts';
import { removeNamespaces } from '../support/lab-objects.ts';

const { claude } = await installClients();
const lab = await wholeLabForTests();

const env = backendsOf(lab);

/** The product with an orchestrator that runs one workflow; the steps may depend on what the product made. */
async function running(
  workflow: string,
  make: (namespace: string) => { inputs?: object; steps: readonly (RunStep | Approved)[] },
): Promise<Product> {
  let product: Product | undefined;
  const model = () => {
    if (product === undefined) throw new Error('the model was asked before the product stood');
    return product.model;
  };
  product = await installProduct(claude, lab, (namespace) => {
    const { inputs = {}, steps } = make(namespace);
    return orchestration(model, {
      // One call of each server first, which waits until it has started: an agent without a single tool would not be.
      first: [
        use('mcp__kubectl__health', { namespace }),
        use('mcp__argocd__list_apps', { trouble: true }),
        use('mcp__prometheus__targets', { down: true }),
        use('mcp__gitea__list_repos'),
      ],
      start: use('mcp__workflows__start', { workflow, inputs, why: 'the user asks for it' }),
      steps,
    });
  });
  return product;
}

/** A step that reads with one tool and answers. */
const look = (step: string, agent: string, tool: Reply, answer: object): RunStep => ({
  step,
  agent,
  does: [tool],
  answer: () => answer,
});

const eventually = (expectation: () => Promise<void>) => vi.waitFor(expectation, { timeout: 60_000, interval: 500 });

function logsOf(product: Product): Record<string, string> {
  const { workflowLogs } = pathsIn(product.at.claude);
  return Object.fromEntries(
    readdirSync(workflowLogs).map((name) => [name.replace(/.*\./, ''), readFileSync(join(workflowLogs, name), 'utf8')]),
  );
}

const lastOf = ({ model }: Product) => model.results('main').at(-1)?.text ?? '';

it('the health check proposes a change, which one yes lets through, exactly as it was proposed', async () => {
  const product = await running('cluster-health-check', (namespace) => {
    const input = { kind: 'deploy', name: 'web', namespace, replicas: 3, why: 'two pods are not enough' };
    const proposed = { server: 'kubectl', tool: 'scale', input, why: 'web had 90 % CPU all day' };
    return {
      steps: [
        look('nodes', 'k8s-diagnostician', use('mcp__kubectl__get', { kind: 'nodes' }), {
          summary: 'All 3 are ready.',
        }),
        look('metrics', 'prometheus-analyst', use('mcp__prometheus__alerts', {}), {
          summary: 'Nothing fires for web.',
        }),
        look('apps', 'argocd-operator', use('mcp__argocd__list_apps', {}), { summary: 'All are in sync.' }),
        {
          step: 'summary',
          agent: 'k8s-orchestrator',
          does: [],
          answer: () => ({ summary: 'web needs a third pod.', actions: [proposed] }),
        },
        { approved: 'scale', agent: 'k8s-diagnostician', does: [use('mcp__kubectl__scale', input)] },
      ],
    };
  });
  const screen = await product.terminal('main', { env });
  const dialog = await screen.waitFor('requests your input', 120_000);
  expect(dialog).toContain(`scale Deployment/web in ${product.namespace}`);
  expect(dialog).toContain('1 call: kubectl.scale');
  expect(await product.replicas()).toBe('2');
  await decide(screen, 'approve');
  await screen.waitFor(OVER, 120_000);
  expect(await product.replicas()).toBe('3');
  expect(lastOf(product)).toContain('has ended: succeeded');

  const records = product.records();
  const asked = records.filter(({ approval }) => approval.type === 'user-confirmed');
  expect(
    asked.map(({ server, tool, phase, agent, run, step }) => [server, tool, phase, agent, Boolean(run), step]),
  ).toEqual([
    ['workflows', 'ask_person', 'intent', 'main', true, 'summary'],
    ['workflows', 'ask_person', 'outcome', 'main', true, 'summary'],
    ['kubectl', 'scale', 'intent', 'k8s-diagnostician', true, 'summary'],
    ['kubectl', 'scale', 'outcome', 'k8s-diagnostician', true, 'summary'],
  ]);
  expect(new Set(asked.map(({ approval }) => approval.id)).size).toBe(1);
  // The agents were asked what the workflow asks, and nothing else.
  const prompts = JSON.stringify(product.model.requests);
  expect(prompts).toContain('Check node status and resource pressure');
  expect(prompts).toContain('Query for anomalies in last 6 hours');
  expect(logsOf(product).md).toContain('# cluster-health-check: succeeded');
}, 180_000);

async function broken(
  fault: 'crashloop' | 'oom',
): Promise<{ namespace: string; workload: string; pod: () => Promise<string> }> {
  const namespace = await freshNamespace(lab, fault);
  onTestFinished(async () => void (await removeNamespaces(lab, namespace)));
  const workload = await breakWorkload(lab, fault, namespace);
  const pod = () =>
    kubectl(lab, ['get', 'pods', `--namespace=${namespace}`, '--output=jsonpath={.items[*].metadata.name}']).then(
      (names) => names.split(' ').sort()[0] ?? '',
    );
  await eventually(async () => expect(await pod()).not.toBe(''));
  return { namespace, workload, pod };
}

const pods = (namespace: string) =>
  kubectl(lab, ['get', 'pods', `--namespace=${namespace}`, '--output=jsonpath={.items[*].metadata.name}']);

it('a pod that crashes is restarted, without a question, and the run says so', async () => {
  const { namespace, workload, pod } = await broken('crashloop');
  const name = await pod();
  const about = { namespace, pod: name, 'owner-kind': 'Deployment', 'owner-name': workload };
  const product = await running('pod-crashloop-remediation', () => ({
    inputs: { namespace, pod: name },
    steps: [
      look('diagnose', 'k8s-diagnostician', use('mcp__kubectl__describe', { kind: 'pod', name, namespace }), {
        ...about,
        summary: `${name} keeps crashing.`,
        phase: 'Running',
        restarts: 3,
        healthy: false,
      }),
      look('check-logs', 'k8s-diagnostician', use('mcp__kubectl__logs', { name, namespace, tail: 100 }), {
        summary: 'It panics.',
        cause: 'crash',
        evidence: ['exit 1'],
        sure: 'medium',
      }),
      {
        step: 'decide-action-false',
        agent: 'k8s-diagnostician',
        does: [use('mcp__kubectl__restart_pod', { name, namespace, why: 'it panics, and one restart may help' })],
        answer: () => ({
          summary: 'Restarted once.',
          restarted: true,
          ready: false,
          'actions-taken': [`restarted ${name}`],
        }),
      },
    ],
  }));
  const screen = await product.terminal('main', { env });
  expect(await screen.waitFor(OVER, 120_000)).not.toContain('requests your input');
  expect(lastOf(product)).toContain('has ended: succeeded');
  expect(lastOf(product)).toContain(`restarted ${name}`);
  await eventually(async () => expect(await pods(namespace)).not.toContain(name));
  const restart = product.records().filter(({ tool }) => tool === 'restart_pod');
  expect(restart).toMatchObject([
    { phase: 'intent', agent: 'k8s-diagnostician', workflow: 'pod-crashloop-remediation', step: 'decide-action-false' },
    { phase: 'outcome', tier: 'safe', approval: { type: 'auto' }, outcome: { status: 'ok' } },
  ]);
}, 180_000);

it('a pod that runs out of memory gets more, after a yes, since the step confirms every change', async () => {
  const { namespace, workload, pod } = await broken('oom');
  const name = await pod();
  const patch = {
    spec: { template: { spec: { containers: [{ name: workload, resources: { limits: { memory: '256Mi' } } }] } } },
  };
  const product = await running('pod-crashloop-remediation', () => ({
    inputs: { namespace, pod: name },
    steps: [
      look('diagnose', 'k8s-diagnostician', use('mcp__kubectl__describe', { kind: 'pod', name, namespace }), {
        ...{ namespace, pod: name, 'owner-kind': 'Deployment', 'owner-name': workload, container: workload },
        ...{ summary: `${name} is killed again and again.`, phase: 'Running', restarts: 3, healthy: false },
      }),
      look('check-logs', 'k8s-diagnostician', use('mcp__kubectl__logs', { name, namespace, tail: 100 }), {
        ...{ summary: 'OOMKilled at 128Mi.', cause: 'oom', evidence: ['OOMKilled 137'], sure: 'high' },
      }),
      look('owner', 'argocd-operator', use('mcp__argocd__list_apps', {}), {
        ...{ summary: 'No application owns it.', managed: false, 'self-heal': false },
        ...{ app: '', repo: '', path: '', revision: '' },
      }),
      {
        step: 'change-live',
        agent: 'argocd-operator',
        does: [
          use('mcp__kubectl__patch', { kind: 'deploy', name: workload, namespace, patch, why: 'OOMKilled at 128Mi' }),
        ],
        answer: () => ({
          ...{ summary: 'Its limit is 256Mi now.', changed: true, 'needs-git': false },
          'actions-taken': ['limit 128Mi → 256Mi'],
        }),
      },
    ],
  }));
  const limit = () =>
    kubectl(lab, [
      ...['get', `deployment/${workload}`, `--namespace=${namespace}`],
      '--output=jsonpath={.spec.template.spec.containers[0].resources.limits.memory}',
    ]);
  const screen = await product.terminal('main', { env });
  expect(await screen.waitFor('requests your input', 120_000)).toContain(
    `patch Deployment/${workload} in ${namespace}`,
  );
  expect(await limit()).toBe('128Mi');
  await decide(screen, 'approve');
  await screen.waitFor(OVER, 120_000);
  expect(await limit()).toBe('256Mi');
  expect(lastOf(product)).toContain('limit 128Mi → 256Mi');
  expect(product.records().findLast(({ tool }) => tool === 'patch')).toMatchObject({
    run: expect.stringMatching(/^run-/),
    approval: { type: 'user-confirmed' },
    outcome: { status: 'ok' },
  });
}, 180_000);

it('a bad commit is found, reverted after one yes, and its application is healthy again', async () => {
  onTestFinished(async () => void (await scenarios['bad-commit'].heal(lab)));
  const sha = /commit (\w+)/.exec(await scenarios['bad-commit'].break(lab))?.[1] ?? '';
  const repo = `${lab.gitea.repository.owner}/${lab.gitea.repository.name}`;
  const why = 'shop crashes since this commit';
  const revert = { repo, sha, as: 'commit', why };
  const product = await running('rollback-app', () => ({
    inputs: { app: 'shop' },
    steps: [
      look('look', 'argocd-operator', use('mcp__argocd__app_history', { app: 'shop' }), {
        ...{ summary: 'shop crashes.', app: 'shop', sync: 'Synced', health: 'Degraded', 'needs-action': true },
        ...{ cause: 'bad-commit', 'auto-sync': true, repo, path: 'apps/shop', branch: 'main' },
        ...{ revision: sha, 'previous-revision': '' },
      }),
      look('revert', 'git-operator', use('mcp__gitea__list_commits', { repo, path: 'apps/shop' }), {
        ...{ summary: 'One commit did it.', commit: sha },
        actions: [{ server: 'gitea', tool: 'revert_commit', input: revert, why }],
      }),
      { approved: 'execute', agent: 'git-operator', does: [use('mcp__gitea__revert_commit', revert)] },
      {
        step: 'verify',
        agent: 'argocd-operator',
        does: [use('mcp__argocd__refresh_app', { app: 'shop' })],
        answer: () => ({ summary: 'The revert is on its way.', healthy: true }),
      },
    ],
  }));
  const screen = await product.terminal('main', { env });
  expect(await screen.waitFor('requests your input', 120_000)).toContain('1 call: gitea.revert_commit');
  await decide(screen, 'approve');
  await screen.waitFor(OVER, 120_000);
  expect(lastOf(product)).toContain('has ended: succeeded');
  const image = () =>
    kubectl(lab, [
      'get',
      'deployment/shop',
      '--namespace=shop',
      '--output=jsonpath={.spec.template.spec.containers[0].image}',
    ]);
  await eventually(async () => expect(await image()).toContain(':1.4.0'));
  const dialogs = product
    .records()
    .filter(({ phase, approval }) => phase === 'intent' && approval.type === 'user-confirmed');
  expect(dialogs.map(({ server, tool }) => `${server}.${tool}`)).toEqual([
    'workflows.ask_person',
    'gitea.revert_commit',
  ]);
}, 240_000);
