import { beforeAll, describe, expect, it } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import { type AnApplication, anApplication, anApplicationSet } from '../../support/argocd.ts';
import { kubectlRig } from '../../support/kubectl-rig.ts';
import { freshNamespace, wholeLabForTests } from '../../support/lab.ts';
import { createObjects, readField, removeNamespaces } from '../../support/lab-objects.ts';
import { aConfigMap, aDeployment } from '../../support/workloads.ts';

const TRACKING = 'argocd.argoproj.io/tracking-id';
const INSTANCE = 'app.kubernetes.io/instance';

let lab: LabInfo;
let namespace: string;
beforeAll(async () => {
  lab = await wholeLabForTests();
  namespace = await freshNamespace(lab, 'gitops');
  return () => removeNamespaces(lab, namespace);
});

const create = (...objects: object[]) => createObjects(lab, ...objects);

/** A ConfigMap that carries a mark of the application of the same (unique) name. */
async function owned(name: string, application: AnApplication, metadata?: object): Promise<object> {
  const app = `${name}-${namespace}`;
  const tracked = { annotations: { [TRACKING]: `${app}:/ConfigMap:${namespace}/${name}` } };
  await create(anApplication(app, namespace, application), aConfigMap(name, namespace, {}, metadata ?? tracked));
  return { kind: 'cm', name, namespace, patch: { data: { key: 'live' } } };
}

const patched = async (input: object, autonomy?: unknown) => {
  const rig = kubectlRig(lab.kubeconfig, autonomy);
  const { text } = await rig.call('patch', input);
  return { text, details: (await rig.approvals.list())[0]?.details };
};

describe('a live change of what Argo CD heals', () => {
  it('is refused with the Git change to make instead', async () => {
    const { text } = await patched(await owned('healed', {}));
    expect(text).toBe(
      `Refused by gitops: argocd app healed-${namespace} owns ConfigMap/healed and will revert it; change path apps/healed-${namespace} in repo https://gitea.example.invalid/ops/gitops.git (revision main) instead.`,
    );
  });

  it('is a warning in the preview where the user wants it so', async () => {
    const { details } = await patched(await owned('warned', {}), { gitops: 'warn' });
    expect(details).toMatch(/^argocd app warned-\S+ owns ConfigMap\/warned and will revert it/);
  });

  it('is refused for every verb that Argo CD would revert, a removal of the mark included', async () => {
    const { patch: _, ...target } = { patch: {}, ...(await owned('verbs', {})) };
    const rig = kubectlRig(lab.kubeconfig);
    const manifest = JSON.stringify(aConfigMap('verbs', namespace, { key: 'x' }));
    const unmark = { metadata: { annotations: { [TRACKING]: null } } };
    expect((await rig.call('delete', target)).text).toMatch(/^Refused by gitops/);
    expect((await rig.call('apply', { manifest })).text).toMatch(/^Refused by gitops/);
    expect((await rig.call('patch', { ...target, patch: unmark })).text).toMatch(/^Refused by gitops/);
  });

  it('says so and not that Argo CD manages the field, where apply would conflict with it', async () => {
    const name = 'managed';
    await owned(name, {});
    const mark = { annotations: { [TRACKING]: `${name}-${namespace}:/ConfigMap:${namespace}/${name}` } };
    const object = JSON.stringify(aConfigMap(name, namespace, { key: 'git' }, mark));
    await kubectl(
      lab,
      ['apply', '--server-side', '--force-conflicts', '--field-manager=argocd-controller', '-f', '-'],
      object,
    );
    const manifest = JSON.stringify(aConfigMap(name, namespace, { key: 'live' }));
    expect((await kubectlRig(lab.kubeconfig).call('apply', { manifest })).text).toMatch(/^Refused by gitops/);
    const warned = await kubectlRig(lab.kubeconfig, { gitops: 'warn' }).call('apply', { manifest });
    expect(warned.text).toMatch(/conflict with "argocd-controller"/);
  });

  it('names the directory of a multi-source application', async () => {
    const sources = [
      { repoURL: 'https://charts.example.invalid', chart: 'web', targetRevision: '1.2.3' },
      { repoURL: 'https://gitea.example.invalid/ops/values.git', path: 'web', targetRevision: 'main' },
    ];
    const spec = { source: undefined, sources };
    expect((await patched(await owned('multi', { spec }))).text).toContain(
      'change path web in repo https://gitea.example.invalid/ops/values.git (revision main, one of 2 sources) instead',
    );
  });

  it('finds an application outside of Argo CD’s namespace by its whole name', async () => {
    const app = `away-${namespace}`;
    const annotations = { [TRACKING]: `${namespace}_${app}:/ConfigMap:${namespace}/away` };
    const input = await owned('away', {}, { annotations });
    expect((await patched(input)).text).toContain(`argocd app ${app} owns ConfigMap/away`);
    const elsewhere = { [TRACKING]: `default_${app}:/ConfigMap:${namespace}/away` };
    await create(aConfigMap('away', namespace, {}, { annotations: elsewhere }));
    expect((await patched(input)).text).toContain('Waiting for a person');
  });

  it('by the older label counts only where the application lists the object', async () => {
    const listed = [{ group: '', kind: 'ConfigMap', namespace, name: 'listed' }];
    const labels = (name: string) => ({ labels: { [INSTANCE]: `${name}-${namespace}` } });
    expect((await patched(await owned('listed', { resources: listed }, labels('listed')))).text).toContain(
      'Refused by gitops',
    );
    expect((await patched(await owned('helm', {}, labels('helm')))).text).toContain('Waiting for a person');
  });

  it('that an ApplicationSet overwrites is made in its template', async () => {
    const name = `made-${namespace}`;
    await create(anApplicationSet('all', namespace));
    const uid = await readField(lab, namespace, 'applicationset/all', '{.metadata.uid}');
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'all', uid, controller: true };
    await create(anApplication(name, namespace, { selfHeal: false, metadata: { ownerReferences: [owner] } }));
    const input = {
      kind: 'applications.argoproj.io',
      name,
      namespace,
      type: 'merge',
      patch: { spec: { project: 'x' } },
    };
    expect((await patched(input)).text).toContain('change spec.template of ApplicationSet all instead');
  });
});

describe('a live change is only asked about', () => {
  it.each<[string, AnApplication]>([
    ['where Argo CD does not heal', { selfHeal: false }],
    ['where automation is switched off', { spec: { syncPolicy: { automated: { selfHeal: true, enabled: false } } } }],
    ['where syncs are by hand', { spec: { syncPolicy: {} } }],
  ])('%s', async (title, application) => {
    const name = title.replaceAll(/\W+/g, '-').toLowerCase();
    expect((await patched(await owned(name, application))).text).toContain('Waiting for a person');
  });

  it('where the mark is a copy of another object’s', async () => {
    const app = `copy-${namespace}`;
    const annotations = { [TRACKING]: `${app}:apps/Deployment:${namespace}/copy` };
    expect((await patched(await owned('copy', {}, { annotations }))).text).toContain('Waiting for a person');
  });

  it('where the application is gone', async () => {
    const annotations = { [TRACKING]: `gone-${namespace}:/ConfigMap:${namespace}/left` };
    await create(aConfigMap('left', namespace, {}, { annotations }));
    const input = { kind: 'cm', name: 'left', namespace, patch: { data: { a: 'b' } } };
    expect((await patched(input)).text).toContain('Waiting for a person');
  });
});

describe('somebody who may not read Applications', () => {
  it('changes nothing that carries a mark, and is told which right is missing', async () => {
    const name = `marked-${namespace}`;
    const annotations = { [TRACKING]: `app-${namespace}:apps/Deployment:team-a/${name}` };
    await create(aDeployment(name, 'team-a', { metadata: { annotations } }));
    const rig = kubectlRig(lab.limitedKubeconfig, { safe_actions: ['scale'] });
    const answer = await rig.call('scale', { kind: 'deploy', name, namespace: 'team-a', replicas: 2 });
    expect(answer).toMatchObject({
      isError: true,
      text: expect.stringContaining('the right to list applications.argoproj.io'),
    });
    await kubectl(lab, ['delete', `deploy/${name}`, '--namespace=team-a']);
  });

  it('changes what carries none: no Application is asked for', async () => {
    const name = `plain-${namespace}`;
    await create(aDeployment(name, 'team-a'));
    const rig = kubectlRig(lab.limitedKubeconfig, { safe_actions: ['scale'] });
    expect(await rig.call('scale', { kind: 'deploy', name, namespace: 'team-a', replicas: 2 })).toMatchObject({
      isError: false,
    });
    await kubectl(lab, ['delete', `deploy/${name}`, '--namespace=team-a']);
  });
});
