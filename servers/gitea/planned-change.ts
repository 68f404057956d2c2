import { short } from './api.ts';
import type { Branch } from './branches.ts';
import { risksOf } from './change-facts.ts';
import { showChanges } from './change-preview.ts';
import type { FileChange } from './changes.ts';
import type { GiteaDeps } from './deps.ts';
import { tryManifests } from './try-manifests.ts';

/** A change of files on top of one commit. */
export interface Change {
  readonly base: Branch;
  readonly changes: readonly FileChange[];
}

export interface ChangePreview {
  readonly change: string;
  readonly risks: readonly string[];
  readonly details: string;
}

/** Tries the change out and shows it whole. What cannot work is an error here, before a person is asked. */
export async function previewChange(
  { base, changes }: Change,
  { cluster }: GiteaDeps,
  signal: AbortSignal,
): Promise<ChangePreview> {
  const notes = await tryManifests(await cluster(), changes, signal);
  const { change, diff } = showChanges(changes);
  const risks = risksOf(changes);
  return {
    change,
    risks,
    details: [`on top of ${base.name} ${short(base.sha)} (${base.subject})`, ...risks, ...notes, '', diff].join('\n'),
  };
}

/** What an approval of a change is bound to: the commit below it, and every byte that would be written. */
export function seenOf({ base, changes }: Change): unknown {
  return [
    base.name,
    base.sha,
    changes.map(({ path, before, after }) => [path, before?.sha ?? null, after?.base64 ?? null]),
  ];
}

export function riskText(risks: readonly string[], otherwise: string): string {
  return risks.length > 0 ? risks.join('; ') : otherwise;
}
