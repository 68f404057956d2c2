import { describe, expect, it } from 'vitest';
import type { DaemonState } from '../../shared/control-plane/ports.ts';
import type { Json } from '../../shared/kernel/json.ts';

/** Every store of what daemons share keeps this. */
export function daemonStateContract(name: string, open: () => Promise<DaemonState>): void {
  describe(`${name} keeps the DaemonState contract`, () => {
    const versionOf = async (state: DaemonState, key: string) => (await state.get('leases', key))?.version ?? 0;
    const put = async (state: DaemonState, key: string, value: Json, due?: number) =>
      state.swap('leases', key, await versionOf(state, key), { value, ...(due !== undefined && { due }) });

    it('gives back what was written, in its part alone', async () => {
      const state = await open();
      const value = { list: [1, null, '\u0000'], text: 'two\nlines “ü”', deep: { no: false } };
      expect(await state.swap('leases', 'shop/web “ü” %2F', 0, { value, due: 5 })).toBe(true);
      expect(await state.get('leases', 'shop/web “ü” %2F')).toMatchObject({ key: 'shop/web “ü” %2F', value, due: 5 });
      expect(await state.get('leases', 'shop/web')).toBeUndefined();
      expect(await state.get('schedules', 'shop/web “ü” %2F')).toBeUndefined();
      expect(await state.list('schedules')).toEqual([]);
    });

    it('writes only over the version that was seen', async () => {
      const state = await open();
      expect(await put(state, 'a', 1)).toBe(true);
      const first = await versionOf(state, 'a');
      expect(await state.swap('leases', 'a', 0, { value: 2 })).toBe(false);
      expect(await state.swap('leases', 'a', first, { value: 2 })).toBe(true);
      expect(await state.swap('leases', 'a', first, { value: 3 })).toBe(false);
      expect(await state.swap('leases', 'b', first, { value: 3 })).toBe(false);
      expect(await state.list('leases')).toEqual([{ key: 'a', version: first + 1, value: 2 }]);
    });

    it('lets exactly one of many writers win, first and later', async () => {
      const state = await open();
      for (const value of ['first', 'later']) {
        const version = await versionOf(state, 'a');
        const tries = Array.from({ length: 20 }, (_, n) =>
          state.swap('leases', 'a', version, { value: `${value} ${n}` }),
        );
        expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
      }
    });

    it('removes only the version that was seen, and never takes what comes after for it', async () => {
      const state = await open();
      await put(state, 'a', 1);
      const first = await versionOf(state, 'a');
      await state.swap('leases', 'a', first, { value: 2 });
      expect(await state.swap('leases', 'a', first, undefined)).toBe(false);
      expect(await state.swap('leases', 'a', first + 1, undefined)).toBe(true);
      expect(await state.get('leases', 'a')).toBeUndefined();
      await put(state, 'a', 1);
      expect(await state.swap('leases', 'a', first, { value: 2 })).toBe(false);
    });

    it('lists a part by key, and what is due by its time', async () => {
      const state = await open();
      await put(state, 'never', 1);
      await put(state, 'later', 1, 3_000);
      await put(state, 'b', 1, 1_000);
      await put(state, 'a', 1, 1_000);
      await put(state, 'sooner', 1, 500);
      const keys = (found: readonly { readonly key: string }[]) => found.map(({ key }) => key);
      expect(keys(await state.list('leases'))).toEqual(['a', 'b', 'later', 'never', 'sooner']);
      expect(keys(await state.due('leases', 1_000))).toEqual(['sooner', 'a', 'b']);
      await put(state, 'sooner', 2);
      expect(keys(await state.due('leases', Number.MAX_SAFE_INTEGER))).toEqual(['a', 'b', 'later']);
      expect((await state.get('leases', 'sooner'))?.due).toBeUndefined();
    });

    it.each([
      ['Leases', 'a'],
      ['', 'a'],
      ['leases', 'a\u0000b'],
      ['leases', ''],
      ['leases', 'a'.repeat(257)],
    ])('takes no document named %j %j', async (part, key) => {
      const state = await open();
      await expect(state.swap(part, key, 0, { value: 1 })).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(state.get(part, key)).rejects.toMatchObject({ code: 'invalid_input' });
    });

    it('takes 256 KiB, and not a byte more', async () => {
      const state = await open();
      const most = 'ü'.repeat(128 * 1024 - 1);
      expect(await put(state, 'a', most)).toBe(true);
      await expect(put(state, 'a', `${most}x`)).rejects.toMatchObject({ code: 'too_large' });
      expect((await state.get('leases', 'a'))?.value).toBe(most);
    });
  });
}
