import { OpsError } from '../../shared/kernel/errors.ts';

/**
 * systemd.syntax(7) and systemd.unit(5): `%` starts a specifier in every value; a quoted word knows C's escapes. `$` is
 * left alone, since ExecStart= begins with `:`, which turns variables off (systemd.service(5)).
 */
export function quoted(word: string): string {
  return `"${literal(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A value that is the rest of its line, and takes no quotes: EnvironmentFile=. */
export function literal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    const hint = 'Move or rename it: no unit file can name it.';
    throw new OpsError('invalid_input', `${JSON.stringify(text)} has a control character.`, hint);
  }
  return text.replaceAll('%', '%%');
}

/** A program to start: systemd refuses one whose path has a quote or a backslash (string_is_safe in its sources). */
export function program(path: string): string {
  if (!/["'\\]/.test(path)) return quoted(path);
  const hint = 'Use a Node.js elsewhere: no unit file can name this one.';
  throw new OpsError('invalid_input', `The path of Node.js, ${path}, has a quote or a backslash.`, hint);
}
