import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startDashboard } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';

const HOLDER = fileURLToPath(new URL('./fixture-lease-holder.ts', import.meta.url));

/** Milliseconds: long enough for a busy machine to renew in time, short enough to wait for. */
const LIFE = 1_500;

interface Said {
  readonly word: string;
  readonly owner: string;
  readonly token: number;
  readonly at: number;
}

/** A file, or a dashboard with a token for it. */
interface Place {
  readonly at: string;
  readonly token?: string;
}

const PLACES: readonly (readonly [name: string, open: () => Promise<Place>])[] = [
  ['one file', async () => ({ at: join(tempFolder(), 'state.db') })],
  [
    'one dashboard',
    async () => {
      const { url, token } = await startDashboard();
      return { at: url, token: await token('daemon') };
    },
  ],
];

/** A process, and whatever it says into `heard`. */
function start({ at: place, token }: Place, owner: string, heard: Said[]): ChildProcess {
  const env = { ...process.env, ...(token !== undefined && { TOKEN: token }) };
  const args = [HOLDER, place, owner, `${LIFE}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  onTestFinished(() => void child.kill('SIGKILL'));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word = '', by = '', token, at] = line.split(' ');
    heard.push({ word, owner: by, token: Number(token), at: Number(at) });
  });
  return child;
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 25_000, interval: 20 });

describe.each(PLACES)('two daemons on %s', { timeout: 90_000 }, (_, open) => {
  it('take over from each other after kill -9 and after a standstill, and never work at one time', async () => {
    const place = await open();
    const heard: Said[] = [];
    const daemons = new Map(['a', 'b'].map((owner) => [owner, start(place, owner, heard)]));
    const working = () => heard.findLast(({ word }) => word === 'works');
    const tokens = () => Math.max(0, ...heard.map(({ token }) => token));
    await soon(() => expect(working()).toBeDefined());

    for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGKILL'] as const) {
      const { owner = '', token = 0 } = working() ?? {};
      daemons.get(owner)?.kill(signal);
      await soon(() => expect(working()).toMatchObject({ token: token + 1 }));
      expect(working()?.owner).not.toBe(owner);
      if (signal === 'SIGKILL') daemons.set(owner, start(place, owner, heard));
      else {
        daemons.get(owner)?.kill('SIGCONT');
        await soon(() => expect(heard).toContainEqual(expect.objectContaining({ word: 'lost', owner, token })));
      }
    }

    const works = Map.groupBy(
      heard.filter(({ word }) => word === 'works'),
      ({ token }) => token,
    );
    expect(works.size).toBe(4);
    for (let token = 1; token < tokens(); token += 1) {
      const last = Math.max(...(works.get(token) ?? []).map(({ at }) => at));
      const first = Math.min(...(works.get(token + 1) ?? []).map(({ at }) => at));
      expect(last).toBeLessThan(first);
      expect(new Set(works.get(token)?.map(({ owner }) => owner)).size).toBe(1);
    }
  });
});
