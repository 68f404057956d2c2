import { expect, it, onTestFailed, onTestFinished, vi } from 'vitest';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { replay } from '../../shared/workflow/state.ts';
import { answer } from '../daemon/agent-rig.ts';
import { useBrowser } from '../dashboard/browser-rig.ts';
import { alerts } from '../lab/whole.ts';
import { installProduct } from '../support/claude/product.ts';
import { use } from '../support/claude/script.ts';
import { installClients } from '../support/clients/install-exec.ts';
import { PASSWORD } from '../support/dashboard.ts';
import { GiteaPerson } from '../support/gitea-rig.ts';
import { ArgocdPerson } from '../support/gitops-app.ts';
import { backendsOf, wholeLabForTests } from '../support/lab.ts';
import { readField, removeNamespaces } from '../support/lab-objects.ts';
import { fakeServices, type ServiceName } from '../support/notify-services.ts';
import { setupLink, startUp } from './loop-rig.ts';

const { claude } = await installClients();
const lab = await wholeLabForTests();
const { open } = useBrowser();

/** A deployment whose pods run; or crash, as `lab break crashloop` has it. */
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

const workflow = (namespace: string) => `name: crashloop-in-git
trigger:
  - type: alert
    match: { alertname: KubePodCrashLooping, namespace: ${namespace} }
timeout: 20m
steps:
  - name: diagnose
    agent: k8s-diagnostician
    model: haiku
    task: "[[script:diagnose]] Why does {{ alert.labels.pod }} crash?"
  - name: repair
    agent: git-operator
    task: "[[script:repair]] Propose the change in Git that takes back what broke it: {{ steps.diagnose.summary }}"
    confirm_if: actions_proposed
  - name: notify
    action: report
    outputs: [summary, actions-taken]
`;

const env = { KUBECONFIG: lab.kubeconfig, ...backendsOf(lab) };

/** How long each hop took, in the order in which they came. */
class Hops {
  readonly #began = performance.now();
  readonly #lines: string[] = [];
  #last = this.#began;

  reached(what: string): void {
    const now = performance.now();
    this.#lines.push(`${((now - this.#last) / 1000).toFixed(1).padStart(6)} s  ${what}`);
    this.#last = now;
  }

  report(): string {
    return [...this.#lines, `${((this.#last - this.#began) / 1000).toFixed(1).padStart(6)} s  in all`].join('\n');
  }
}

const soon = <T>(expectation: () => Promise<T>) => vi.waitFor(expectation, { timeout: 120_000, interval: 200 });

it('an alert starts a run that a person lets repair Git from a browser; the alert resolves, and the run says that it helped', async () => {
  const argocd = new ArgocdPerson(lab);
  await argocd.knowGitea();
  const { name, repo } = await argocd.app({ 'app/web.yaml': GOOD }, { automated: { selfHeal: true, prune: true } });
  onTestFinished(async () => {
    await argocd.forget(name);
    await removeNamespaces(lab, name);
  });
  const rolledOut = () =>
    kubectl(lab, ['rollout', 'status', 'deployment/web', `--namespace=${name}`, '--timeout=5s']).then(
      () => true,
      () => false,
    );
  await soon(async () => expect(await rolledOut()).toBe(true));
  const commit = { repo, branch: 'main', files: [{ path: 'app/web.yaml', content: GOOD }] };
  const repair = {
    server: 'gitea',
    tool: 'commit_files',
    input: { ...commit, message: 'take back release 2 of web', why: 'its pods crash since then' },
    why: 'its pods crash-loop since release 2',
  };
  const product = await installProduct(claude, lab, () => ({
    diagnose: [
      use('mcp__kubectl__health', { namespace: name }),
      answer({ summary: 'web crash-loops since release 2.' }),
    ],
    repair: [
      use('mcp__gitea__list_commits', { repo, path: 'app' }),
      answer({ summary: 'Release 2 broke it; the file goes back.', actions: [repair] }),
    ],
  }));
  const services = await fakeServices();
  const up = await startUp({ claude, product, services, env, workflows: { 'test.yaml': workflow(name) } });
  onTestFailed(() => console.log(up.lines.join('\n')));
  onTestFinished(() => lab.alertmanager.sendTo(undefined));
  await lab.alertmanager.sendTo(`${up.url}/api/inbox/alertmanager`, up.webhookToken);
  const store = openSqlite(up.paths.database, systemClock);
  onTestFinished(() => store.close());
  const page = await open();
  await page.goto(await setupLink(up.paths.database, up.url));
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await page.waitForURL(`${up.url}/**`);
  await page.goto(`${up.url}/pending`);

  const hops = new Hops();
  await new GiteaPerson(lab.gitea).commit(repo, 'release 2 of web', { 'app/web.yaml': BAD });
  await argocd.send('GET', `/applications/${name}?refresh=normal`);
  const crashes = async () =>
    (await alerts(lab)).some(({ alertname, namespace }) => alertname === 'KubePodCrashLooping' && namespace === name);
  await soon(async () => expect(await crashes()).toBe(true));
  hops.reached('bad commit → Argo CD → pods crash → Prometheus rule → Alertmanager');
  const run = await soon(async () => {
    const entry = (await store.inbox.list()).find(
      ({ body }) => body.kind === 'alert' && body.alert.labels.namespace === name,
    );
    return entry?.run ?? expect.fail(`no run yet:\n${up.lines.join('\n')}`);
  });
  hops.reached('Alertmanager → the dashboard’s inbox → a run');
  const card = page.getByRole('article').filter({ hasText: '1 call: gitea.commit_files' });
  await card.waitFor({ timeout: 120_000 });
  hops.reached('two agents → the approval on the page, without a reload');
  const told = (service: ServiceName, what: string) => JSON.stringify(services.bodies(service)).includes(what);
  const [asked] = await store.approvals.list({ states: ['pending'] });
  const id = asked?.id ?? expect.fail('nobody was asked');
  const all: readonly ServiceName[] = ['discord', 'slack', 'telegram', 'ntfy'];
  await soon(async () => expect(all.filter((service) => !told(service, `${up.url}/pending/${id}`))).toEqual([]));
  hops.reached('the approval on Discord, Slack, Telegram and ntfy');
  expect(await readField(lab, name, 'deployment/web', '{.spec.template.metadata.annotations}')).toContain('CrashLoop');

  await card.getByRole('button', { name: 'Approve' }).click();
  const head = async () => (await new GiteaPerson(lab.gitea).read(repo, 'app/web.yaml')) === GOOD;
  await soon(async () => expect(await head()).toBe(true));
  hops.reached('yes in the browser → commit in Gitea');
  await argocd.send('GET', `/applications/${name}?refresh=normal`);
  await soon(async () => expect(await rolledOut()).toBe(true));
  hops.reached('Argo CD → pods are ready');
  await soon(async () => expect(await crashes()).toBe(false));
  hops.reached('the alert resolves');
  const state = await soon(async () => {
    const now = replay(await store.runs.read(run));
    return now?.status === 'running' || now === undefined ? expect.fail('it goes on') : now;
  });
  hops.reached('the run is closed, verified');
  expect(state).toMatchObject({ status: 'succeeded', verified: { result: 'cleared' } });
  await soon(async () => expect(all.filter((service) => !told(service, 'solved, and verified'))).toEqual([]));
  hops.reached('everybody is told');
  console.log(`\nFrom a bad commit to a closed incident, hop by hop:\n${hops.report()}\n`);

  // One incident, one run, one yes, and nothing else was changed.
  expect(await store.runs.list()).toHaveLength(1);
  expect(state.outputs['actions-taken']).toEqual([expect.stringContaining('gitea.commit_files')]);
  const changes = product.records().filter(({ phase }) => phase === 'intent');
  expect(changes.map(({ server, tool, approval, run: of }) => [server, tool, approval.type, approval.by, of])).toEqual([
    ['workflows', 'ask_person', 'user-confirmed', 'ada', run],
    ['gitea', 'commit_files', 'user-confirmed', 'ada', run],
  ]);
  await page.goto(`${up.url}/runs/${run}`);
  await page.getByText('cleared').first().waitFor();
  expect(await up.stop()).toBe(0);
}, 400_000);
