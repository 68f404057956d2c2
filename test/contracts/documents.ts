import { describe, expect, it } from 'vitest';
import type { Documents } from '../../shared/control-plane/ports.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';

/** Every store of documents keeps this. */
export function documentsContract(name: string, open: (clock: Clock) => Promise<Documents>): void {
  const opened = async (): Promise<[Documents, FakeClock]> => {
    const clock = fakeClock(1_000);
    return [await open(clock), clock];
  };

  describe(`${name} keeps the Documents contract`, () => {
    it('keeps a document until it expires', async () => {
      const [documents] = await opened();
      await documents.put('session', 'a', { user: 'anna', list: [1, null, '\u0000'] }, 2_000);
      expect(await documents.get('session', 'a', 1_999)).toEqual({ user: 'anna', list: [1, null, '\u0000'] });
      expect(await documents.get('session', 'a', 2_000)).toBeUndefined();
      expect(await documents.get('token', 'a', 1_000)).toBeUndefined();
    });

    it('keeps one without a time for ever, and the newest of one key', async () => {
      const [documents] = await opened();
      await documents.put('user', 'a', 1, 5);
      await documents.put('user', 'a', 2);
      expect(await documents.get('user', 'a', Number.MAX_SAFE_INTEGER)).toBe(2);
    });

    it('inserts where the key is free, or what had it has expired', async () => {
      const [documents, clock] = await opened();
      expect(await documents.insert('user', 'a', 1, 2_000)).toBe(true);
      expect(await documents.insert('user', 'a', 2)).toBe(false);
      clock.advance(1_000);
      expect(await documents.insert('user', 'a', 3)).toBe(true);
      expect(await documents.insert('user', 'a', 4)).toBe(false);
      expect(await documents.get('user', 'a', 9_000)).toBe(3);
    });

    it('lets one of many insert', async () => {
      const [documents] = await opened();
      const won = await Promise.all(Array.from({ length: 20 }, (_, n) => documents.insert('user', 'a', n)));
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    it('gives what is taken to one of many', async () => {
      const [documents] = await opened();
      await documents.put('link', 'a', 'secret', 2_000);
      expect(await documents.take('link', 'a', 2_000)).toBeUndefined();
      const taken = await Promise.all(Array.from({ length: 20 }, () => documents.take('link', 'a', 1_000)));
      expect(taken.filter((value) => value !== undefined)).toEqual(['secret']);
      expect(await documents.get('link', 'a', 1_000)).toBeUndefined();
    });

    it('lists what has not expired, by kind', async () => {
      const [documents] = await opened();
      await documents.put('token', 'b', 2);
      await documents.put('token', 'a', 1, 2_000);
      await documents.put('user', 'c', 3);
      expect(await documents.list('token', 1_000)).toEqual([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ]);
      expect(await documents.list('token', 2_000)).toEqual([{ key: 'b', value: 2 }]);
    });

    it('counts each of many, and begins anew when the time of the first is over', async () => {
      const [documents] = await opened();
      const counts = await Promise.all(Array.from({ length: 20 }, () => documents.count('login', 'ip', 1_000, 2_000)));
      expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      expect(await documents.count('login', 'ip', 1_999, 3_000)).toBe(21);
      expect(await documents.count('login', 'ip', 2_000, 3_000)).toBe(1);
    });

    it('forgets what has expired', async () => {
      const [documents] = await opened();
      await documents.put('session', 'a', 1, 2_000);
      await documents.put('session', 'b', 1, 2_001);
      await documents.put('user', 'c', 1);
      expect(await documents.prune(2_000)).toBe(1);
      expect(await documents.list('session', 0)).toHaveLength(1);
    });
  });
}
