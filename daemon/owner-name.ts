import { hostname } from 'node:os';
import { newId } from '../shared/kernel/ids.ts';

/** Names a daemon: the machine, whose audit log has what its servers did, and the process. */
export function ownerName(): string {
  return `${hostname()}:${process.pid}:${newId('d')}`;
}

/** Whether the audit log of this machine has what that daemon’s servers did. */
export function isOfThisMachine(owner: string): boolean {
  return owner.startsWith(`${hostname()}:`);
}
