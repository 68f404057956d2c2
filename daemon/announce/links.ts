/** The page of something at the dashboard; undefined without one. `base`: its address, a path included. */
export function linkTo(base: string | undefined, page: 'runs' | 'pending', id?: string): string | undefined {
  if (base === undefined) return undefined;
  return [base.replace(/\/$/, ''), page, ...(id === undefined ? [] : [encodeURIComponent(id)])].join('/');
}

/** The address of the dashboard as a link: https where the configuration names none. */
export function baseOf(url: string): string {
  return /^[a-z]+:\/\//i.test(url) ? url : `https://${url}`;
}
