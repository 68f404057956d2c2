/** A small state by name: of a workflow’s schedule, of its breaker. */
export interface Records<T> {
  /**
   * Replaces what is known of `key`. Nobody else changes it between the look and the write, and it is on disk when it
   * returns. Where `make` gives back what it got, nothing is written.
   */
  update(key: string, make: (known: T | undefined) => T): Promise<T>;
  list(): Promise<readonly { readonly key: string; readonly value: T }[]>;
}
