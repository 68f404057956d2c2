import { InvalidArgumentError } from 'commander';
import { baseOf, isOnThisMachine } from '../shared/boot/desk.ts';

const USUAL = '8080';

/** The value of `--port`; 0 is a free one. */
export function portNumber(text: string): string {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return text;
}

/** Where a dashboard of this machine listens. Links to approvals lead to the address that is set, so its port counts. */
export function portHere(given: string | undefined, url: string | undefined): string {
  const set = url !== undefined && isOnThisMachine(url) ? URL.parse(baseOf(url))?.port : undefined;
  return given ?? (set || USUAL);
}
