import { z } from 'zod';

/** What every Kubernetes name obeys in a path: no slash, no percent sign, not `.` or `..` (ValidatePathSegmentName). */
const SEGMENT = /^(?!\.{1,2}$)[^/%\s\p{Cc}-][^/%\s\p{Cc}]{0,252}$/u;

/** RFC 1123 label: namespaces. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const objectName = z.string().regex(SEGMENT, 'not a Kubernetes name');
export const namespaceName = z.string().regex(LABEL, 'not a namespace name (a-z, 0-9 and -)');

/** `pods`, `Pod`, `po`, `deployments.apps`, `deployment.v1.apps`, or `pod/NAME`. */
export const kindName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9.-]{0,252}$/, 'not a kind (Pod, pods, po, deployments.apps, ...)');

/** One encoded path below the API server's root. Every segment is encoded, so that none can climb. */
export function apiPath(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
