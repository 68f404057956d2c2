import { z } from 'zod';

/** What every Kubernetes name obeys in a path: no slash, no percent sign, not `.` or `..` (ValidatePathSegmentName). */
const SEGMENT = /(?!\.{1,2}$)[^/%\s\p{Cc}-][^/%\s\p{Cc}]{0,252}/u.source;

/** RFC 1123 label: namespaces. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** `pods`, `Pod`, `po`, `deployments.apps`, `deployment.v1.apps`. */
const KIND = /[A-Za-z][A-Za-z0-9.-]{0,252}/.source;

export const objectName = matching(whole(SEGMENT), 'not a Kubernetes name');
export const namespaceName = matching(LABEL, 'not a namespace name (a-z, 0-9 and -)');
export const kindName = matching(
  whole(`${KIND}(/${SEGMENT})?`),
  'not a kind: write Pod, pods, po, deployments.apps or pod/NAME',
);
/** A pod's name, or a workload as `deployment/web`. */
export const podOrWorkload = matching(whole(`(${KIND}/)?${SEGMENT}`), 'not a name: write web-1 or deployment/web');

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'u');
}

/** Checked here and left out of the published schema: the patterns would cost a quarter of its tokens. */
function matching(pattern: RegExp, message: string) {
  return z.string().refine((text) => pattern.test(text), message);
}

/** One encoded path below the API server's root. Every segment is encoded, so that none can climb. */
export function apiPath(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
