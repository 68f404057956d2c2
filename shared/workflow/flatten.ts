import type { StepFile } from './schema.ts';
import type { Path } from './source.ts';

/** A step of a file with its id and its place. */
export interface Placed {
  readonly id: string;
  readonly path: Path;
  readonly body: StepFile;
  readonly guard?: { readonly step: string; readonly is: boolean };
}

/** The steps in the order in which they run: those of a branch follow the one that chooses. */
export function flatten(steps: readonly StepFile[]): readonly Placed[] {
  return steps.flatMap((body, index) => {
    const placed = { id: body.name ?? `step-${index + 1}`, path: ['steps', index], body };
    return [placed, ...branchSteps(placed)];
  });
}

function branchSteps({ id, path, body }: Placed): readonly Placed[] {
  const { branches } = body;
  if (branches === undefined) return [];
  return (['true', 'false'] as const).flatMap((key) => {
    const branch = branches[key];
    if (branch === undefined) return [];
    const guard = { step: id, is: key === 'true' };
    const base = `${id}-${key}`;
    if (!Array.isArray(branch))
      return [{ id: branch.name ?? base, path: [...path, 'branches', key], body: branch, guard }];
    return branch.map((item, index) => ({
      id: item.name ?? `${base}-${index + 1}`,
      path: [...path, 'branches', key, index],
      body: item,
      guard,
    }));
  });
}
