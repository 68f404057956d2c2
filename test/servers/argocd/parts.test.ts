import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../../servers/argocd/advice.ts';
import { factsOfChanges } from '../../../servers/argocd/floors.ts';
import { manifestChanges, summaryOf as summaryOfChanges } from '../../../servers/argocd/manifest-diff.ts';
import { hooksIn } from '../../../servers/argocd/manifests.ts';
import type { Owner } from '../../../servers/argocd/owner.ts';
import { asApp } from '../../../servers/argocd/parse-app.ts';
import { asManaged } from '../../../servers/argocd/resources.ts';
import { revertInstead } from '../../../servers/argocd/revert.ts';
import { destinationTo, withSync } from '../../../servers/argocd/set-up.ts';
import { shownSpec } from '../../../servers/argocd/spec.ts';
import { detailsOf, riskOf, stepsOf, summaryOf } from '../../../servers/argocd/sync-steps.ts';

const object = (kind: string, name: string, rest: object = {}, annotations: object = {}) => ({
  apiVersion: kind === 'Role' ? 'rbac.authorization.k8s.io/v1' : 'v1',
  kind,
  metadata: { name, annotations },
  ...rest,
});

/** A resource as `managed-resources` sends it: states are JSON texts, `null` where there is none. */
const managed = (kind: string, name: string, live: object | null, wanted: object | null) =>
  asManaged({
    kind,
    name,
    normalizedLiveState: JSON.stringify(live),
    targetState: JSON.stringify(wanted),
    predictedLiveState: JSON.stringify(wanted),
  });

const anApp = (spec: object = {}, status: object = {}, metadata: object = {}) =>
  asApp({ metadata: { name: 'shop', namespace: 'argocd', ...metadata }, spec, status });

const options = (value: string) => ({ 'argocd.argoproj.io/sync-options': value });
const all = { prune: true, selective: false };

describe('the steps of a sync', () => {
  it('are what differs, and leave what is to be pruned unless it is asked for', () => {
    const resources = [
      managed('ConfigMap', 'same', object('ConfigMap', 'same'), object('ConfigMap', 'same')),
      managed('ConfigMap', 'new', null, object('ConfigMap', 'new')),
      managed('ConfigMap', 'old', object('ConfigMap', 'old'), null),
      managed('Service', 'web', object('Service', 'web', { a: 1 }), object('Service', 'web', { a: 2 })),
    ];
    const of = (prune: boolean) => summaryOf(stepsOf(anApp(), resources, [], { prune, selective: false }));
    expect(of(false)).toBe('create 1, change 1, leave 1 to prune');
    expect(of(true)).toBe('create 1, change 1, PRUNE 1');
  });

  it('keep what says Prune=false, and tell of what a person has to confirm in Argo CD', () => {
    const resources = [
      managed('ConfigMap', 'stays', object('ConfigMap', 'stays', {}, options('Prune=false')), null),
      managed('ConfigMap', 'waits', object('ConfigMap', 'waits', {}, options('Prune=confirm')), null),
    ];
    const steps = stepsOf(anApp(), resources, [], all);
    expect(summaryOf(steps)).toBe('PRUNE 1, leave 1 to prune');
    const details = detailsOf(anApp(), steps).join('\n');
    expect(details).toMatch(/left as it is.*ConfigMap\/stays \(it carries Prune=false\)/);
    expect(details).toMatch(/prune ConfigMap\/waits .*, once a person confirms it in Argo CD/);
  });

  it('take an option of the application where the resource has none of its own', () => {
    const app = anApp({ syncPolicy: { syncOptions: ['Prune=false'] } });
    const own = managed('ConfigMap', 'own', object('ConfigMap', 'own', {}, options('Prune=true')), null);
    const none = managed('ConfigMap', 'none', object('ConfigMap', 'none'), null);
    expect(stepsOf(app, [own, none], [], all)).toMatchObject({ doing: [{ name: 'own' }], left: [{ name: 'none' }] });
  });

  it('name what they put at risk', () => {
    const pods = (image: string) => ({ spec: { template: { spec: { containers: [{ image }] } } } });
    const risk = (...resources: Parameters<typeof managed>[]) =>
      riskOf(
        anApp(),
        stepsOf(
          anApp(),
          resources.map((one) => managed(...one)),
          [],
          all,
        ),
      );
    expect(risk(['ConfigMap', 'a', object('ConfigMap', 'a', { data: 1 }), object('ConfigMap', 'a', { data: 2 })])).toBe(
      'no pods restart',
    );
    expect(risk(['Deployment', 'w', object('Deployment', 'w', pods('1')), object('Deployment', 'w', pods('2'))])).toBe(
      'new pods for Deployment/w',
    );
    expect(risk(['PersistentVolumeClaim', 'd', object('PersistentVolumeClaim', 'd'), null])).toBe(
      'deletes PersistentVolumeClaim/d; data may be lost',
    );
    const replaced = object('Service', 's', { b: 1 }, options('Replace=true'));
    expect(risk(['Service', 's', object('Service', 's'), replaced])).toBe('replaces Service/s whole');
  });
});

describe('hooks', () => {
  it.each([
    ['argocd.argoproj.io/hook', 'PreSync, PostSync', 'PreSync, PostSync'],
    ['argocd.argoproj.io/hook', 'Sync,SyncFail', 'Sync'],
    ['helm.sh/hook', 'pre-install,pre-upgrade', 'pre-install, pre-upgrade'],
  ])('of %s %s run %s', (key, value, when) => {
    expect(hooksIn([object('Job', 'j', {}, { [key]: value })])).toMatchObject([{ when }]);
  });

  it.each(['SyncFail', 'Skip', 'PostDelete', ''])('of type %j do not run with a sync that succeeds', (value) => {
    expect(hooksIn([object('Job', 'j', {}, { 'argocd.argoproj.io/hook': value })])).toEqual([]);
  });
});

describe('the floors hold by way of Argo CD', () => {
  const approved = object('Application', 'a', {}, { 'argocd.argoproj.io/deletion-approved': '2026-01-01' });
  const plain = object('Application', 'a');
  const ours = { ...plain, metadata: { name: 'a', labels: { 'app.kubernetes.io/part-of': 'k8s-agent-orchestrator' } } };

  it.each([
    ['an approved deletion that Git brings', { live: plain, wanted: approved }],
    ['an approval that Git takes away', { live: approved, wanted: plain }],
    ['an object that would be part of this system', { wanted: ours }],
    ['an object of this system that would go', { live: ours }],
  ])('for %s', (_, change) => {
    expect(factsOfChanges([{ wanted: plain }, change]).floor).toMatch(/^Application\/a: /);
  });

  it('and let a deletion that a person has approved take place', () => {
    expect(factsOfChanges([{ live: approved }])).toEqual({});
  });

  it('and give no rights without a person', () => {
    expect(factsOfChanges([{ wanted: object('Role', 'r') }])).toEqual({ minimumTier: 'confirm' });
  });
});

describe('the manifests of two commits', () => {
  it('are compared by resource, without hooks and without what Secrets hold', () => {
    const secret = (data: string) => object('Secret', 's', { data: { key: data } });
    const changes = manifestChanges(
      [object('ConfigMap', 'a', { data: 1 }), object('ConfigMap', 'gone'), secret('b25l')],
      [
        object('ConfigMap', 'a', { data: 2 }),
        secret('dHdv'),
        object('Job', 'j', {}, { 'argocd.argoproj.io/hook': 'PreSync' }),
      ],
    );
    expect(changes.map(({ name }) => name)).toEqual(['ConfigMap/a', 'ConfigMap/gone']);
    expect(summaryOfChanges(changes)).toMatch(/^ConfigMap\/a, ConfigMap\/gone, \+1 −\d+ lines$/);
    expect(summaryOfChanges([])).toBe('the same manifests');
  });
});

describe('the spec of an application', () => {
  it('shows no password among its parameters', () => {
    const parameters = [
      { name: 'db.password', value: 'hunter-two' },
      { name: 'image.tag', value: '1.2' },
    ];
    const shown = shownSpec({ source: { helm: { parameters, values: 'password: hunter-two\nreplicas: 2\n' } } });
    expect(shown).not.toContain('hunter-two');
    expect(shown).toContain('1.2');
  });

  it('keeps what a change of its sync policy does not name', () => {
    const spec = { syncPolicy: { automated: { prune: true }, retry: { limit: 3 } } };
    expect(withSync(spec, { self_heal: true })).toEqual({
      syncPolicy: { automated: { prune: true, selfHeal: true }, retry: { limit: 3 } },
    });
    expect(withSync(spec, { auto_sync: false })).toEqual({ syncPolicy: { retry: { limit: 3 } } });
    expect(() => withSync({}, { prune: true })).toThrow('belong to auto-sync');
  });

  it.each([
    ['in-cluster', { server: 'https://kubernetes.default.svc', namespace: 'a' }],
    ['https://10.0.0.1:6443', { server: 'https://10.0.0.1:6443', namespace: 'a' }],
    ['pi', { name: 'pi', namespace: 'a' }],
  ])('names the cluster %s as Argo CD does', (cluster, destination) => {
    expect(destinationTo(cluster, 'a')).toEqual(destination);
  });
});

describe('what to do next', () => {
  const auto = { syncPolicy: { automated: {} } };
  const status = (sync: string, health: string, rest: object = {}) => ({
    sync: { status: sync },
    health: { status: health },
    ...rest,
  });
  const operation = (phase: string, rest: object = {}) => ({ operationState: { phase, ...rest } });

  it.each([
    ['nothing, where all is well', anApp(auto, status('Synced', 'Healthy')), /^undefined$/],
    ['wait for a deletion', anApp({}, {}, { deletionTimestamp: '2026-01-01' }), /being deleted since 2026-01-01/],
    [
      'correct a source',
      anApp({}, status('Unknown', 'Healthy', { conditions: [{ type: 'ComparisonError', message: 'no' }] })),
      /ComparisonError keeps it from being compared/,
    ],
    [
      'end a retry that keeps newer commits waiting',
      anApp(auto, status('OutOfSync', 'Healthy', operation('Running', { retryCount: 2 }))),
      /newer ones wait for it: .*terminate_operation/,
    ],
    [
      'know that auto-sync gave up',
      anApp(auto, status('OutOfSync', 'Healthy', operation('Failed'))),
      /^Auto-sync does not try a failed commit again/,
    ],
    ['sync by hand', anApp({}, status('OutOfSync', 'Healthy')), /sync_app brings it/],
    ['look at pods', anApp({}, status('Synced', 'Degraded')), /app_events, app_logs/],
  ])('is to %s', (_, app, advice) => {
    expect(String(adviceFor(app, undefined))).toMatch(advice);
  });
});

describe('a rollback that has to go through Git', () => {
  const deployed = (id: number, revision: string) => ({ id, revision, deployedAt: '2026-01-01', source: {} });
  const source = { repoURL: 'https://git.example.invalid/ops.git', path: 'apps/shop', targetRevision: 'main' };
  const app = (spec: object) =>
    anApp(
      { source, ...spec },
      { history: [deployed(1, 'v1'), deployed(2, 'v2'), deployed(3, 'v2'), deployed(4, 'v3')] },
    );
  const instead = async (spec: object, to: number, owner?: Owner) => {
    const shop = app(spec);
    const target = shop.history.find(({ id }) => id === to);
    if (target === undefined) throw new Error(`no deployment ${to}`);
    return revertInstead(shop, owner, target, async (revision) => `(${revision} by anna)`);
  };

  it('names repository, path and each commit once, the newest first', async () => {
    const { message, hint } = await instead({ syncPolicy: { automated: {} } }, 1);
    expect(message).toMatch(/^shop has auto-sync on/);
    expect(hint).toMatch(
      /in https:\/\/git\.example\.invalid\/ops\.git path apps\/shop \(main\) instead.*: v3 \(v3 by anna\); v2 \(v2 by anna\)\. That returns to v1/,
    );
  });

  it('says so where no commit lies between', async () => {
    expect((await instead({}, 2)).hint).toMatch(/v3 \(v3 by anna\)\. That returns to v2/);
    expect((await instead({}, 4)).hint).toMatch(/of the same commit/);
  });

  it('names the set that makes the application', async () => {
    const { message } = await instead({}, 1, { kind: 'ApplicationSet', name: 'teams' });
    expect(message).toBe('shop is made by ApplicationSet teams, and follows Git.');
  });
});
