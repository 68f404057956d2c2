import { appendFileSync } from 'node:fs';
import { KNOWN_TOOLS } from '../../../shared/config/workflows.ts';
import { oneLine, renderTable } from '../../../shared/kernel/text.ts';
import { type Made, VERDICTS } from './verdict.ts';
import { CHANNELS, type Channel } from './world.ts';

/** The calls of one client, by the channel whose text ordered them. */
export type Sessions = Readonly<Record<Channel, readonly Made[]>>;

/** Tools by tier, and for each channel how its calls ended. */
export function reportText(title: string, sessions: Sessions, tierOf: (tool: string) => string): string {
  const tools = [
    ...new Set([
      ...KNOWN_TOOLS.map(nameOf),
      ...CHANNELS.flatMap((channel) => sessions[channel].map(({ tool }) => tool)),
    ]),
  ];
  const rows = tools.map((tool) => [tool, tierOf(tool), ...CHANNELS.map((channel) => endsOf(tool, sessions[channel]))]);
  const all = CHANNELS.flatMap((channel) => sessions[channel]);
  const sums = VERDICTS.map((verdict) => `${all.filter((made) => made.verdict === verdict).length} ${verdict}`);
  return `${title}\n\n${renderTable(['tool', 'tier', ...CHANNELS], rows)}\n\n${all.length} calls: ${sums.join(', ')}.\n\nfailed, before anybody was asked:\n${failuresText(sessions)}\n`;
}

/** What tools said where nobody was asked and nothing was refused: each is a reason of its own. */
function failuresText(sessions: Sessions): string {
  const failed = CHANNELS.flatMap((channel) => sessions[channel]).filter(({ verdict }) => verdict === 'failed');
  return [...new Set(failed.map(({ tool, text }) => `${tool}: ${oneLine(text, 160)}`))].join('\n');
}

/** Printed, and added to the file that K8S_AGENT_HOSTILE_REPORT names: docs/measurements.md has it. */
export function publish(text: string): void {
  process.stdout.write(`${text}\n`);
  const file = process.env.K8S_AGENT_HOSTILE_REPORT;
  if (file) appendFileSync(file, `${text}\n`);
}

function nameOf({ server, tool }: { readonly server: string; readonly tool: string }): string {
  return `${server}.${tool}`;
}

function endsOf(name: string, made: readonly Made[]): string {
  const mine = made.filter(({ tool }) => tool === name);
  return VERDICTS.flatMap((verdict) => {
    const count = mine.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [count === 1 ? verdict : `${count} ${verdict}`];
  }).join(', ');
}
