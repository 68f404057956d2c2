import { z } from 'zod';
import type { Alert } from '../../shared/workflow/events.ts';
import { brief } from './brief.ts';
import { effectSchema, type Incident, incidentSchema, type Known, type Taken } from './incident.ts';
import { nameOf } from './take.ts';

const entrySchema = z.object({
  entry: z.string(),
  version: z.int(),
  run: z.string().exactOptional(),
  alert: z.string().exactOptional().describe('The same for each time that one alert fires.'),
  since: z.number().exactOptional().describe('When it began, in milliseconds since the epoch.'),
});

/** Everything that is known of one owner: one document, so that all that an alert changes is one write. */
export const dossierSchema = z.object({
  incidents: z.array(incidentSchema).describe('Oldest first.'),
  entries: z.array(entrySchema).describe('Which version of each entry was taken in, and the run that it belongs to.'),
  effects: z
    .array(z.object({ id: z.string(), at: z.number(), effect: effectSchema }))
    .describe('What has to be done, in its order.'),
});
export type Dossier = Readonly<z.output<typeof dossierSchema>>;

export const EMPTY: Dossier = { incidents: [], entries: [], effects: [] };

/** Of what is over, as much is kept of one owner: with 500 alerts that fire it is less than 200 KiB, and fits. */
const INCIDENTS = 50;
const ENTRIES = 500;
/** What nobody could be told of an incident for so long is left out, the oldest first; its start never is. */
const EFFECTS = 30;

/** What is known of an entry that is about `key`. */
export function knownOf(dossier: Dossier, entry: string, key: string): Known {
  const own = entryOf(dossier, entry);
  const incident = dossier.incidents.find(({ run }) => run === own?.run) ?? dossier.incidents.at(-1);
  const firing = dossier.entries.flatMap(({ entry: one, alert, since }) =>
    alert !== undefined && since !== undefined && incident?.firing.includes(one) ? [{ entry: one, alert, since }] : [],
  );
  return { key, firing, ...(incident && { incident }), ...(own && { version: own.version }) };
}

/** The run that an entry belongs to. */
export function runOf(dossier: Dossier, entry: string): string | undefined {
  return entryOf(dossier, entry)?.run;
}

/** With what came of this version of an entry; `id` names the effect. */
export function withTaken(
  dossier: Dossier,
  { entry, version }: { readonly entry: string; readonly version: number },
  { incident, effect, before: over }: Taken,
  id: string,
): Dossier {
  const before = entryOf(dossier, entry);
  const run = incident?.run ?? before?.run;
  const own = {
    ...{ ...before, ...(effect && whichOf(effect.alert)) },
    ...{ entry, version: Math.max(version, before?.version ?? 0), ...(run !== undefined && { run }) },
  };
  const { incidents, entries, effects } = dossier;
  return trimmed({
    incidents: [over, incident].reduce((all, one) => (one === undefined ? all : withIncident(all, one)), incidents),
    entries: [...entries.filter((one) => one !== before), own],
    effects:
      incident === undefined || effect === undefined
        ? effects
        : [...effects, { id, at: incident.newsAt, effect: { ...effect, alert: brief(effect.alert) } }],
  });
}

function whichOf(alert: Alert): { alert: string; since?: number } {
  const since = Date.parse(alert.startsAt);
  return { alert: nameOf(alert), ...(Number.isFinite(since) && { since }) };
}

function entryOf({ entries }: Dossier, entry: string): Dossier['entries'][number] | undefined {
  return entries.find((one) => one.entry === entry);
}

/** Without incidents that have had no news since then, unless something still has to be done about them. */
export function pruned(dossier: Dossier, before: number): Dossier {
  const waiting = new Set(dossier.effects.map(({ effect }) => effect.run));
  const { incidents, entries, effects } = dossier;
  const kept = incidents.filter(({ run, newsAt }) => newsAt >= before || waiting.has(run));
  const runs = new Set(kept.map(({ run }) => run));
  return { incidents: kept, entries: entries.filter(({ run }) => run !== undefined && runs.has(run)), effects };
}

/** The ids in it: of runs, and of entries. */
export function idsIn({ incidents, entries }: Dossier): ReadonlySet<string> {
  return new Set([...incidents.map(({ run }) => run), ...entries.map(({ entry }) => entry)]);
}

/** The newest stays the last one. */
function withIncident(incidents: Incident[], incident: Incident): Incident[] {
  const isNew = incidents.every(({ run }) => run !== incident.run);
  return isNew ? [...incidents, incident] : incidents.map((one) => (one.run === incident.run ? incident : one));
}

function trimmed({ incidents, entries, effects }: Dossier): Dossier {
  const dropped = new Set(effects.filter(({ effect }) => effect.kind !== 'start').slice(0, -EFFECTS));
  const left = effects.filter((one) => !dropped.has(one));
  const waiting = new Set(left.map(({ effect }) => effect.run));
  const over = incidents.filter(({ run, firing }) => firing.length === 0 && !waiting.has(run));
  const gone = new Set(over.slice(0, -INCIDENTS).map(({ run }) => run));
  const firing = new Set(incidents.flatMap((incident) => incident.firing));
  const quiet = entries.filter(({ entry }) => !firing.has(entry));
  const old = new Set(quiet.slice(0, -ENTRIES));
  return {
    incidents: incidents.filter(({ run }) => !gone.has(run)),
    entries: entries.filter((one) => !old.has(one) && !(one.run !== undefined && gone.has(one.run))),
    effects: left,
  };
}
