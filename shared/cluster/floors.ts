import { isObject, stringAt } from '../kernel/json.ts';
import { type KubeObject, label } from './objects.ts';

/** Argo CD asks for it before it deletes what is marked as precious: only a person gives it. */
const DELETION_APPROVED = 'argocd.argoproj.io/deletion-approved';
/** Objects of this system itself carry it: its own policy, state and rights are not changed through it. */
const PART_OF = 'app.kubernetes.io/part-of';
const OURS = 'k8s-agent-orchestrator';

export const OURS_FLOOR = 'this belongs to k8s-agent-orchestrator itself: a person changes it, not an agent.';

export function isOurs(object: unknown): boolean {
  return label(object, PART_OF) === OURS;
}

/** What no configuration allows an object to become, in our words, wherever the change is made: live or in Git. */
export function floorOfChange(live: KubeObject | undefined, wanted: KubeObject | undefined): string | undefined {
  if (isOurs(live)) return OURS_FLOOR;
  if (isOurs(wanted)) return `it would carry the label ${PART_OF}=${OURS}, which marks this system itself.`;
  if (approvalsIn(live) === approvalsIn(wanted)) return undefined;
  return `it sets or removes ${DELETION_APPROVED}: only a person approves a deletion, in Argo CD.`;
}

/** Every place that mentions the approval, in templates and embedded manifests too. */
function approvalsIn(object: KubeObject | undefined): string {
  return mentions(object, '').join('\n');
}

function mentions(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return value.includes(DELETION_APPROVED) ? [`${path}=${value}`] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => mentions(item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // managedFields names every field that somebody owns, as `f:...`.
    if (key === 'managedFields') return [];
    const own = key.includes(DELETION_APPROVED) ? [`${path}.${key}=${stringAt(value, key)}`] : [];
    return [...own, ...mentions(inner, `${path}.${key}`)];
  });
}

/** What a text says of the approval and of this system, as a JSON Patch writes it, too. */
const SAYS = /argocd\.argoproj\.io(?:\/|~1)deletion-approved.*|part-of["']?\s*:\s*["']?k8s-agent-orchestrator\b/g;

/** The same for a text that others make objects of: templates, patches, kustomizations. What it says of them has to stay. */
export function floorOfText(before: string | undefined, after: string | undefined): string | undefined {
  const [said, says] = [before, after].map((text) => (text?.match(SAYS) ?? []).join('\n'));
  if (said === says) return undefined;
  return `it changes what is said there of ${DELETION_APPROVED} or of ${OURS}: only a person changes that.`;
}
