import { z } from 'zod';
import type { DaemonDocument, DaemonState } from '../../shared/control-plane/ports.ts';
import { digest } from '../../shared/kernel/digest.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { toJsonObject } from '../../shared/kernel/json.ts';
import { type Decision, decide } from '../decide.ts';
import { type Dossier, dossierSchema, EMPTY, idsIn, knownOf, pruned, runOf, withTaken } from './dossier.ts';
import type { Effect, Incident, Known, Taken } from './incident.ts';
import type { IncidentStore } from './store.ts';

/** One document an owner. It is due while something has to be done about it. */
const PART = 'incidents';
/** In whose document an entry, or a run, is found. */
const HOMES = 'incident-homes';

const homeSchema = z.object({ key: z.string() });

/**
 * Incidents that all daemons share. All that one alert changes is in one document, that of its owner, and so is one
 * compare-and-swap. Beside it there is a note in whose document an entry is, since its owner may be another one when it
 * is resolved: its pod is gone by then, and the cluster says nothing. The note of an entry is written before the
 * document, and removed before what it points at is. A daemon that is killed in between leaves a note alone, which says
 * no more than where to look: the entry has not been taken in, nor acknowledged in the inbox, so it comes again, and is
 * stored there. Or it leaves an entry without a note, which is old, and found as long as its owner is the same.
 */
export class SharedIncidents implements IncidentStore {
  readonly #state: DaemonState;

  constructor(state: DaemonState) {
    this.#state = state;
  }

  async known(entry: string, key: string): Promise<Known> {
    const home = (await this.#homeOf(entry)) ?? key;
    return knownOf(dossierOf(await this.#state.get(PART, documentOf(home))), entry, home);
  }

  async take(entry: string, version: number, key: string, make: (known: Known) => Taken): Promise<string | undefined> {
    const home = await this.#settle(entry, key);
    return decide(this.#state, PART, documentOf(home), async (found) => {
      const before = dossierOf(found);
      const known = knownOf(before, entry, home);
      const taken = make(known);
      const answer = taken.incident?.run ?? runOf(before, entry);
      if (taken.incident === undefined && version <= (known.version ?? 0)) return { answer };
      const after = withTaken(before, { entry, version }, taken, `${documentOf(home)}#${newId('effect')}`);
      if (taken.effect?.kind === 'start') await this.#settle(taken.effect.run, home);
      await this.#leave(before, after);
      return { answer, ...content(after) };
    });
  }

  async effects(): Promise<readonly { readonly id: string; readonly effect: Effect }[]> {
    const due = await this.#state.due(PART, Number.MAX_SAFE_INTEGER);
    const all = due.flatMap((document) => inOrder(dossierOf(document)));
    return all.toSorted((a, b) => a.at - b.at).map(({ id, effect }) => ({ id, effect }));
  }

  async done(id: string): Promise<void> {
    await decide(this.#state, PART, id.slice(0, id.lastIndexOf('#')), (found) => {
      const dossier = dossierOf(found);
      const effects = dossier.effects.filter((one) => one.id !== id);
      if (effects.length === dossier.effects.length) return { answer: undefined };
      return { answer: undefined, ...content({ ...dossier, effects }) };
    });
  }

  async ofRun(run: string): Promise<Incident | undefined> {
    const home = await this.#homeOf(run);
    if (home === undefined) return undefined;
    return dossierOf(await this.#state.get(PART, documentOf(home))).incidents.find((one) => one.run === run);
  }

  async list(limit = 100): Promise<readonly Incident[]> {
    const all = (await this.#state.list(PART)).flatMap((document) => dossierOf(document).incidents.toReversed());
    return all.toSorted((a, b) => b.openedAt - a.openedAt).slice(0, limit);
  }

  async prune(before: number): Promise<number> {
    let count = 0;
    for (const { key } of await this.#state.list(PART)) {
      count += await decide(this.#state, PART, key, async (found) => {
        const dossier = dossierOf(found);
        const kept = pruned(dossier, before);
        if (idsIn(kept).size === idsIn(dossier).size) return { answer: 0 };
        await this.#leave(dossier, kept);
        return { answer: dossier.incidents.length - kept.incidents.length, ...content(kept) };
      });
    }
    return count;
  }

  async #homeOf(id: string): Promise<string | undefined> {
    const found = await this.#state.get(HOMES, id);
    return found && homeSchema.parse(found.value).key;
  }

  /** Notes whose document an entry or a run is in. The first one counts: two daemons may have been told of two owners. */
  #settle(id: string, key: string): Promise<string> {
    return decide(this.#state, HOMES, id, (found) =>
      found === undefined ? { answer: key, next: { value: { key } } } : { answer: homeSchema.parse(found.value).key },
    );
  }

  /** Removes the notes of what is in the document no more. */
  async #leave(before: Dossier, after: Dossier): Promise<void> {
    const left = idsIn(after);
    for (const id of idsIn(before))
      if (!left.has(id)) await decide(this.#state, HOMES, id, () => ({ answer: undefined, next: 'nothing' }));
  }
}

/** The name of an owner’s document. Labels may hold whatever somebody has written into them. */
function documentOf(key: string): string {
  return /^[ -~]{1,200}$/.test(key) ? key : digest(key);
}

function dossierOf(found: DaemonDocument | undefined): Dossier {
  return found === undefined ? EMPTY : dossierSchema.parse(found.value);
}

function content(dossier: Dossier): Pick<Decision<never>, 'next'> {
  if (idsIn(dossier).size === 0 && dossier.effects.length === 0) return { next: 'nothing' };
  const [first] = dossier.effects;
  return { next: { value: toJsonObject(dossier), ...(first && { due: first.at }) } };
}

/** A clock that was put back does not change the order within one document. */
function inOrder({ effects }: Dossier): Dossier['effects'] {
  let last = 0;
  return effects.map((one) => {
    last = Math.max(last, one.at);
    return { ...one, at: last };
  });
}
