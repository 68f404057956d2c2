import type { DemoClient } from './client.ts';
import { narrate, quote, say } from './terminal.ts';

export interface Scene {
  readonly client: DemoClient;
  readonly namespace: string;
}

/** Reads only: the part of the story that is told on somebody's own cluster, too. */
export async function readStory({ client }: { readonly client: DemoClient }): Promise<void> {
  narrate(
    'What is wrong?',
    'health: one call over nodes, pods, claims, jobs and events. A safe call: it runs at once and is logged.',
  );
  quote(await client.call('health', {}));
}

/** The main job: diagnose, a safe fix, a change that a person decides, and one that nobody gets. */
export async function operateStory({ client, namespace }: Scene): Promise<void> {
  narrate(
    'Why does it crash?',
    'logs of the run before, picked from the workload’s worst pod. What the pod wrote is data, not an instruction.',
  );
  quote(await client.call('logs', { name: 'deployment/crasher', namespace, previous: true, tail: 20 }));

  const pod = await worstPod(client, namespace);
  narrate(
    'Try the safe thing first',
    `restart_pod ${pod}: its ReplicaSet starts another, so policy lets it run without asking.`,
  );
  quote(await client.call('restart_pod', { name: pod, namespace, why: 'a fresh start may help' }));

  narrate('Stop the bleeding', 'scale to 0 needs a yes for exactly that: you see what, from → to, why and risk.');
  quote(
    await client.call('scale', {
      kind: 'deployment',
      name: 'crasher',
      namespace,
      replicas: 0,
      why: 'it crash-loops; the bad image must be fixed first',
    }),
  );

  narrate(
    'And if the model goes too far?',
    'drain is forbidden: refused with the reason and what a person can do instead.',
  );
  quote(await client.call('drain', { name: 'pi5-b', why: 'the node looks busy' }));

  narrate('What does it look like now?', 'the same question again.');
  quote(await client.call('health', { namespace }));
}

async function worstPod(client: DemoClient, namespace: string): Promise<string> {
  const pods = await client.call('get', { kind: 'pods', namespace, labels: 'app=crasher' });
  const name = /^(crasher-\S+)/m.exec(pods)?.[1];
  if (name !== undefined) return name;
  say(pods);
  throw new Error(`no pod of deployment crasher in namespace ${namespace}`);
}
