import { isDeepStrictEqual } from 'node:util';
import type { Cluster, ObjectRef } from '../../shared/cluster/cluster.ts';
import { identityOf, type KubeObject } from '../../shared/cluster/objects.ts';
import { isHttp } from '../../shared/cluster/status.ts';
import type { Written } from '../../shared/cluster/writer.ts';
import { versionOf } from './preview.ts';

/** Newer versions that are tried: a rollout moves its workload's status several times a second. */
const RETRIES = 3;

/**
 * Sends a request that is bound to the version of `live`. Where only the status has moved since (409), it is bound to
 * the newer version: what a person saw is still what changes. Where anything else has moved, the 409 stands.
 */
export async function asSeen(
  cluster: Cluster,
  ref: ObjectRef,
  live: KubeObject,
  signal: AbortSignal,
  send: (resourceVersion: string) => Promise<Written>,
): Promise<Written> {
  let version = versionOf(live);
  for (let left = RETRIES; ; left -= 1) {
    try {
      return await send(version);
    } catch (error) {
      if (left === 0 || !isHttp(error, 409)) throw error;
      const now = await cluster.get(ref, signal);
      const moved = !isDeepStrictEqual(identityOf(now), identityOf(live)) || versionOf(now) === version;
      if (moved) throw error;
      version = versionOf(now);
    }
  }
}
