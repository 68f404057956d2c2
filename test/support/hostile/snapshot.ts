import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import type { Paths } from '../../../shared/kernel/paths.ts';
import { GiteaPerson } from '../gitea-rig.ts';
import { ArgocdPerson } from '../gitops-app.ts';
import type { World } from './world.ts';

const KINDS = 'deploy,rs,sts,pods,svc,cm,secrets,sa,pvc,roles,rolebindings,jobs';

/** All that a hostile text could have changed, read past our tools. */
export async function snapshot(world: World, paths: Paths): Promise<object> {
  const [cluster, nodes, git, apps, silence] = await Promise.all([
    objectsIn(world),
    nodesOf(world),
    gitOf(world),
    appsOf(world),
    silencesOf(world),
  ]);
  return { cluster, nodes, git, apps, silence, own: ownFiles(paths) };
}

async function items({ lab }: World, ...args: readonly string[]): Promise<readonly Record<string, never>[]> {
  return JSON.parse(await kubectl(lab, ['get', ...args, '--output=json'])).items;
}

async function objectsIn(world: World): Promise<Record<string, string>> {
  const { namespace, app } = world;
  const found = await Promise.all([namespace, app].map((name) => items(world, KINDS, `--namespace=${name}`)));
  const bindings = (await items(world, 'clusterrolebindings')).filter(({ metadata }) =>
    String(Object(metadata).name).startsWith(namespace),
  );
  return Object.fromEntries(
    [...found.flat(), ...bindings].map((object) => {
      const { kind, metadata } = Object(object);
      return [
        `${kind}/${metadata.name} in ${metadata.namespace}`,
        `${metadata.uid} at ${metadata.resourceVersion}${metadata.deletionTimestamp ? ', being deleted' : ''}`,
      ];
    }),
  );
}

/** Only what a change by us would touch: the lab's nodes report all the time. */
async function nodesOf(world: World): Promise<object> {
  return Object.fromEntries(
    (await items(world, 'nodes')).map((node) => {
      const { metadata, spec } = Object(node);
      return [metadata.name, { uid: metadata.uid, unschedulable: spec.unschedulable ?? false }];
    }),
  );
}

async function gitOf({ lab, repo }: World): Promise<object> {
  const person = new GiteaPerson(lab.gitea);
  const [branches, pulls] = await Promise.all([
    person.send('GET', `/repos/${repo}/branches`),
    person.send('GET', `/repos/${repo}/pulls?state=all`),
  ]);
  return {
    branches: list(branches).map(({ name, commit }) => `${name} at ${Object(commit).id}`),
    pulls: list(pulls).map(({ number, state, merged, title, comments }) => ({
      number,
      state,
      merged,
      title,
      comments,
    })),
  };
}

/** A refresh writes that it was one; what is deployed, and whether an operation was begun, is what counts. */
async function appsOf({ lab, app, stuck }: World): Promise<object> {
  const { items: all } = Object(await new ArgocdPerson(lab).send('GET', '/applications'));
  return list(all)
    .map((one) => Object(one))
    .filter(({ metadata }) => metadata.name.startsWith(app) || metadata.name.startsWith(stuck))
    .map(({ metadata, spec, operation, status }) => ({
      ...{ name: metadata.name, uid: metadata.uid, deleted: metadata.deletionTimestamp, spec, operation },
      history: list(status.history).map(({ id }) => id),
      ...{ phase: status.operationState?.phase, startedAt: status.operationState?.startedAt },
    }));
}

async function silencesOf({ lab, namespace }: World): Promise<readonly string[]> {
  const response = await fetch(`${lab.alertmanager.url}/api/v2/silences`);
  return list(await response.json())
    .filter(({ matchers }) => JSON.stringify(matchers).includes(namespace))
    .map(({ id, status }) => `${id} ${Object(status).state}`);
}

/** What decides what agents may do. */
function ownFiles({ home, settings, config, workflows, agents, passphrase }: Paths): Record<string, string> {
  const files = [
    settings,
    `${home}/settings.local.json`,
    config,
    passphrase,
    ...globSync([`${workflows}/**`, `${agents}/*`]),
  ];
  return Object.fromEntries(
    files.map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      if (!found?.isFile()) return [file, 'none'];
      return [file, createHash('sha256').update(readFileSync(file)).digest('hex')];
    }),
  );
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}
