const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat'.split(' ');
const FIELDS = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of month', 1, 31],
  ['month', 1, 12],
  ['day of week', 0, 7],
] as const;

/** What is wrong with a cron expression, or undefined. The daemon's scheduler reads the same five fields. */
export function cronProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return `${fields.length} fields instead of 5`;
  for (const [index, [name, min, max]] of FIELDS.entries()) {
    const parts = (fields[index] ?? '').toLowerCase().split(',');
    const wrong = parts.find((part) => !validPart(part, min, max));
    if (wrong !== undefined) return `"${wrong}" is no ${name} (${min} to ${max})`;
  }
  return undefined;
}

function validPart(part: string, min: number, max: number): boolean {
  const found = /^(\*|[\da-z]+)(?:-([\da-z]+))?(?:\/([1-9]\d*))?$/.exec(part);
  if (found === null) return false;
  return [found[1], found[2]].every((value) => {
    if (value === undefined || value === '*' || NAMES.includes(value)) return true;
    return /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
  });
}
