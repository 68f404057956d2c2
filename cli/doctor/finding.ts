/** What one check found: what was seen, or a problem with its cure. */
export type Finding = { readonly seen: string } | { readonly problem: string; readonly cure: string };

export const good = (seen: string): Finding => ({ seen });
export const bad = (problem: string, cure: string): Finding => ({ problem, cure });

/** The cure for what install puts in place. */
export const INSTALL = 'Run: k8s-agent install';
