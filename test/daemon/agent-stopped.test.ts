import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ClientProcesses } from '../../daemon/agent/client-exec.ts';
import { runSession } from '../../daemon/agent/session.ts';
import type { SessionOptions } from '../../daemon/agent/session-options.ts';
import { tempFolder } from '../support/gate-rig.ts';

it('a step that is stopped while its session is prepared starts no client', async () => {
  const folder = tempFolder();
  const claude = join(folder, 'claude');
  const started = join(folder, 'started');
  writeFileSync(claude, `#!/bin/sh\n: > ${started}\nexec cat\n`);
  chmodSync(claude, 0o755);
  const options: SessionOptions = {
    ...{ id: '00000000-0000-4000-8000-000000000000', claude, folder, env: { PATH: '/usr/bin:/bin' }, model: 'haiku' },
    ...{ system: '', prompt: '', answer: {}, servers: {}, tools: { allowed: [], hidden: [] } },
    ...{ maxTurns: 1, budgetUsd: 1 },
  };
  const processes = new ClientProcesses(() => {});
  const stop = new AbortController();
  const session = runSession(options, processes, stop.signal);
  stop.abort(new Error('enough'));
  await expect(session).rejects.toThrow();
  await processes.end();
  expect(existsSync(started)).toBe(false);
});
