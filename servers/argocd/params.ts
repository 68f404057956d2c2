import { z } from 'zod';
import type { AppRef } from './app.ts';

export { text, why } from '../../shared/tool/params.ts';

const matching = (pattern: RegExp, message: string) => z.string().refine((value) => pattern.test(value), message);

const BARE = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
const NAME = new RegExp(`^${BARE}$`);

/** As Argo CD's own command line names it: `shop`, or `team-a/shop` in another namespace. */
export const app = matching(new RegExp(`^(${BARE}/)?${BARE}$`), 'not an application: write NAME or NAMESPACE/NAME')
  .transform((text): AppRef => {
    const [name = '', namespace] = text.split('/').reverse();
    return { name, ...(namespace !== undefined && { namespace }) };
  })
  .describe('Application.');
export const project = matching(NAME, 'not the name of a project');
export const namespace = matching(NAME, 'not a namespace name');
/** As `list_clusters` names it, or its address. */
export const cluster = matching(/^[^\s\p{Cc}]{1,253}$/u, 'not a cluster');
export const resourceName = matching(/^(?!\.{1,2}$)[^/%\s\p{Cc}]{1,253}$/u, 'not a Kubernetes name');
/** `apps/Deployment/web`, `Service/web` */
export const resource = matching(
  /^([a-z0-9.-]+\/)?[A-Z][A-Za-z0-9]*\/[^/%\s\p{Cc}]{1,253}$/u,
  'not a resource: write apps/Deployment/web or Service/web',
);
export const revision = matching(/^(?!-)[^\p{Cc}\s]{1,200}$/u, 'not a branch, tag, commit or version');
export const folder = matching(
  /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\p{Cc}\\]{1,300}$/u,
  'not a path inside of the repository',
);
export const repoUrl = matching(
  /^(https?:\/\/|ssh:\/\/|git@|oci:\/\/)[^\s\p{Cc}]{1,400}$/u,
  'not the URL of a repository',
).refine(
  (value) => !/:\/\/[^/@]*:[^/@]*@/.test(value),
  'a password does not belong into it: give it to Argo CD as a repository',
);
