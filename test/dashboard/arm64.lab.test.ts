import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DASHBOARD_FLAGS } from '../../shared/boot/launch.ts';
import { build } from '../../tools/build.ts';
import { anApproval } from '../support/builders.ts';
import { ask, Browser, PASSWORD } from '../support/dashboard.ts';
import { tempFolder } from '../support/gate-rig.ts';

/** A folder with `qemu` (qemu-aarch64-static) and `root`: Debian's arm64 libc6, libstdc++6, libgcc-s1, libatomic1, and `node`. */
const folder = process.env.K8S_AGENT_ARM64 ?? '';
const missing = ['qemu', 'root/node', 'root/lib/aarch64-linux-gnu/libc.so.6'].filter(
  (file) => !existsSync(join(folder, file)),
);
const why = missing.length === 0 ? '' : ` (skipped: K8S_AGENT_ARM64 names no folder with ${missing.join(', ')})`;

it.skipIf(missing.length > 0)(
  `runs on the Pi's processor: a login, a page, the store, and its end${why}`,
  async () => {
    await build({ faultPoints: true, programs: ['dashboard'] });
    const bundle = fileURLToPath(new URL('../../dist/test/dashboard/dashboard.js', import.meta.url));
    const root = join(folder, 'root');
    const child = spawn(join(folder, 'qemu'), ['-L', root, join(root, 'node'), ...DASHBOARD_FLAGS, bundle], {
      env: { PORT: '0', K8S_AGENT_STATE: tempFolder() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const pattern = /http:\/\/127\.0\.0\.1:\d+\/setup\/\S+/;
    await vi.waitFor(() => expect(printed).toMatch(pattern), { timeout: 120_000, interval: 200 });
    const link = new URL(pattern.exec(printed)?.[0] ?? '');
    const browser = new Browser(link.origin);
    expect((await browser.post(link.pathname, { name: 'ada', password: PASSWORD })).status).toBe(303);
    expect((await browser.get('/history')).text).toContain('Nothing has been logged yet');
    expect((await ask(`${link.origin}/readyz`)).status).toBe(200);
    const settle = { csrf: await browser.csrf(), decision: 'approve' };
    expect((await browser.post(`/api/approvals/${anApproval().id}/settle`, settle)).status).toBe(404);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
  240_000,
);
