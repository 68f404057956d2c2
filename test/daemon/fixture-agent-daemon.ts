import { fileURLToPath } from 'node:url';
import { openAgents } from '../../daemon/agent/agents.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';

/** A daemon that does nothing but one step of a run, until a test kills it. */
const [run = '', home = ''] = process.argv.slice(2);
const agents = openAgents({
  paths: pathsIn(home),
  node: process.execPath,
  bundle: async (server) => fileURLToPath(new URL(`../../dist/${server}.js`, import.meta.url)),
  env: process.env,
  log: () => {},
});
await agents.run(
  {
    ...{ run, workflow: 'agent-test', budgetUsd: 1, maxTurns: 20 },
    request: {
      ...{ step: 'look', attempt: 1, agent: 'k8s-diagnostician', model: 'opus', free: false, confirm: false },
      ...{ prompt: '[[script:agent]] Look.', answer: { type: 'object' }, timeoutMs: 60_000 },
    },
  },
  new AbortController().signal,
);
