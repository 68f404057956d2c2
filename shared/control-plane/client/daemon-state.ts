import { digest } from '../../kernel/digest.ts';
import { ROUTES } from '../api.ts';
import type { DaemonContent, DaemonDocument, DaemonState } from '../ports.ts';
import { type ApiClient, isUncertain } from './api-client.ts';

/** What daemons share, at the dashboard. */
export class HttpDaemonState implements DaemonState {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async get(part: string, key: string): Promise<DaemonDocument | undefined> {
    return (await this.#api.call(ROUTES.readDaemonState, { query: { part, key } }))[0];
  }

  async list(part: string): Promise<readonly DaemonDocument[]> {
    return this.#api.call(ROUTES.readDaemonState, { query: { part } });
  }

  async due(part: string, by: number): Promise<readonly DaemonDocument[]> {
    return this.#api.call(ROUTES.readDaemonState, { query: { part, due: by } });
  }

  /** Where the answer got lost, what is stored says whether it was this that was written. */
  async swap(part: string, key: string, version: number, next: DaemonContent | undefined): Promise<boolean> {
    try {
      const body = { part, key, version, ...(next !== undefined && { next }) };
      return (await this.#api.call(ROUTES.swapDaemonState, { body })).swapped;
    } catch (error) {
      if (isUncertain(error) && isWritten(await this.get(part, key), version, next)) return true;
      throw error;
    }
  }
}

/** Whoever else has written the same meanwhile has made the same of it. */
function isWritten(stored: DaemonDocument | undefined, version: number, next: DaemonContent | undefined): boolean {
  if (stored === undefined || next === undefined) return stored === next;
  const { value, due } = next;
  const isNext = version === 0 || stored.version === version + 1;
  return isNext && digest({ value: stored.value, due: stored.due ?? null }) === digest({ value, due: due ?? null });
}
