import type { z } from 'zod';
import type { DaemonState } from '../shared/control-plane/ports.ts';
import { toJsonObject } from '../shared/kernel/json.ts';
import { decide } from './decide.ts';

/** A small state by name: of a workflow’s schedule, of its breaker. */
export interface Records<T> {
  /**
   * Replaces what is known of `key`. Nobody else changes it between the look and the write, and it is on disk when it
   * returns. Where `make` gives back what it got, nothing is written. Where another daemon was faster, it is asked anew.
   */
  update(key: string, make: (known: T | undefined) => T): Promise<T>;
  list(): Promise<readonly { readonly key: string; readonly value: T }[]>;
}

/** Records that all daemons share. `part` keeps kinds apart. */
export class SharedRecords<T extends object> implements Records<T> {
  readonly #state: DaemonState;
  readonly #part: string;
  readonly #schema: z.ZodType<T>;

  constructor(state: DaemonState, part: string, schema: z.ZodType<T>) {
    this.#state = state;
    this.#part = part;
    this.#schema = schema;
  }

  async update(key: string, make: (known: T | undefined) => T): Promise<T> {
    return decide(this.#state, this.#part, key, (found) => {
      const known = found && this.#schema.parse(found.value);
      const answer = make(known);
      return answer === known ? { answer } : { answer, next: { value: toJsonObject(answer) } };
    });
  }

  async list(): Promise<readonly { readonly key: string; readonly value: T }[]> {
    const found = await this.#state.list(this.#part);
    return found.map(({ key, value }) => ({ key, value: this.#schema.parse(value) }));
  }
}
