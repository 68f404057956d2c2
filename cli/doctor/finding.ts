/** What one check found: what was seen, or a problem with its cure. */
export type Finding = { readonly seen: string } | { readonly problem: string; readonly cure: string };
