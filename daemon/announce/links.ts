/** The page of something at the dashboard; undefined without one. `base`: its address, a path included. */
export function linkTo(base: string | undefined, page: 'runs' | 'pending', id?: string): string | undefined {
  if (base === undefined) return undefined;
  return [base.replace(/\/$/, ''), page, ...(id === undefined ? [] : [encodeURIComponent(id)])].join('/');
}
