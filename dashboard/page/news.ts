/** What came and went among those that wait for a person, by their ids, for whoever does not see the page. */
export function newsOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string {
  const came = [...after].filter(([id]) => !before.has(id)).map(([, what]) => `Waiting for you: ${what}.`);
  const went = [...before].filter(([id]) => !after.has(id)).map(([, what]) => `No longer waiting: ${what}.`);
  return [...came, ...went].join(' ');
}
