import { mkdtempSync, rmSync } from 'node:fs';
import { arch, cpus, homedir, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { labUp } from '../lab/index.ts';
import { connect2026 } from '../test/support/mcp/connect-2026.ts';
import { kubectlServer } from '../test/support/server.ts';
import { build } from '../tools/build.ts';
import { measureGate } from './gate.ts';
import { kubectlProgram, measureList, rawHttps, throughServer } from './list.ts';
import { contenders, measureContender } from './peers.ts';
import { measureStart } from './start.ts';
import { quantile, summary } from './statistics.ts';

const RUNS = 200;
const STARTS = 15;

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8s-agent-orchestrator');
await build({ faultPoints: false });
const lab = await labUp();
const home = mkdtempSync(join(cache, 'bench-'));
const server = kubectlServer({ home, kubeconfig: lab.kubeconfig });
const print = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);
const note = (text: string) => process.stderr.write(`${text} …\n`);

print(
  `Measured on ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.version}. p50, milliseconds unless said.`,
  '',
);

note('start');
// The first one fills the compile cache, as it does once after an install.
const LIST_PODS = { name: 'get', arguments: { kind: 'pods', all_namespaces: true } };
const [first, ...starts] = await repeat(STARTS + 1, () => measureStart(server, LIST_PODS));
print('| kubectl server | |', '|---|---|');
print(`| start to first answer | ${summary(starts.map(({ firstAnswer }) => firstAnswer))} |`);
print(`| the very first start, before its compile cache | ${first?.firstAnswer.toFixed(0)} |`);
print(`| start to first list of pods | ${summary(starts.map(({ firstQuestion }) => firstQuestion))} |`);
print(
  `| RSS after it, MB | ${quantile(
    starts.map(({ rss }) => rss),
    0.5,
  ).toFixed(0)} |`,
);

const client = await connect2026(server);
const tools = await client.listTools();
print(
  `| tools/list: tools, tokens (bytes / 4) | ${tools.length}, ${Math.ceil(Buffer.byteLength(JSON.stringify(tools)) / 4)} |`,
  '',
);

print('| list pods of all namespaces | one by one | 20 in parallel |', '|---|---|---|');
for (const contender of [rawHttps(lab), throughServer(client), kubectlProgram(lab)]) {
  note(contender.name);
  const { one, parallel } = await measureList(contender, contender.name.startsWith('`') ? RUNS / 10 : RUNS);
  print(`| ${contender.name} | ${summary(one)} | ${summary(parallel)} |`);
}
await client.close();

print('', '| gate overhead | |', '|---|---|');
note('gate');
for (const [name, times] of Object.entries(await measureGate(cache, RUNS)))
  print(`| ${name} | ${times.length > 0 ? summary(times) : '-'} |`);

print(
  '',
  '| server | question | tools | tools/list tokens | start, ms | RSS, MB | answer, ms |',
  '|---|---|---|---|---|---|---|',
);
for (const contender of contenders(lab, home, cache)) {
  note(contender.name);
  const row = await measureContender(contender).then(
    ({ tools, tokens, start, rss, question }) => [
      tools,
      tokens,
      start.toFixed(0),
      rss.toFixed(0),
      question?.toFixed(1) ?? '-',
    ],
    // A peer that cannot be had here is a row without figures, and the reason on stderr.
    (error: unknown) => {
      note(`${contender.name} could not be measured: ${String(error).slice(0, 300)}`);
      return ['-', '-', '-', '-', '-'];
    },
  );
  print(`| ${[contender.name, contender.group, ...row].join(' | ')} |`);
}
rmSync(home, { recursive: true });

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i += 1) results.push(await work());
  return results;
}
