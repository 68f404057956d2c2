import { policyFrom } from '../../shared/config/settings.ts';
import { describeAction } from '../../shared/kernel/action.ts';
import type { Decision } from '../../shared/policy/decide.ts';
import {
  type Explanation,
  explain,
  parseQuestion,
  policyTable,
  type Question,
  type TableRow,
} from '../../shared/policy/explain.ts';
import tools from '../../shared/policy/tools.gen.json' with { type: 'json' };
import type { AddCommand } from '../command.ts';
import { table } from '../table.ts';

export const policy: AddCommand = (program, run) => {
  const command = program.command('policy').description('what may happen, and which rule says so');
  command
    .command('explain <action...>')
    .description('which rule decides, and why: policy explain "delete pvc in prod by k8s-diagnostician"')
    .action((words: string[]) =>
      run(({ paths, terminal }) => {
        const question = parseQuestion(words.join(' '), tools);
        terminal.write(explainText(question, explain(policyFrom(paths.settings)(), question)));
        return 0;
      }),
    );
  command
    .command('table')
    .description('every tool with its tier')
    .action(() =>
      run(({ paths, terminal }) => {
        terminal.write(tableText(policyTable(policyFrom(paths.settings)(), tools)));
        return 0;
      }),
    );
};

const MEANING: Readonly<Record<Decision['kind'], string>> = {
  allow: 'safe: it runs at once and is logged',
  ask: 'confirm: a person is asked',
  deny: 'forbidden: it is refused',
};

function explainText({ action, agent, unknownKind }: Question, { decision, rules }: Explanation): string {
  const rows = rules.map(({ rule, wins, why }) => [wins ? '→' : ' ', rule.tier, `"${rule.text}"`, rule.source, why]);
  return [
    `${describeAction(action)}${agent ? ` by ${agent}` : ''}`,
    `${MEANING[decision.kind]}, by ${decision.rule}`,
    ...(decision.kind === 'deny' ? [decision.hint] : []),
    ...(unknownKind
      ? [`"${unknownKind}" is not a kind that is known without a cluster: only rules with this very word match.`]
      : []),
    '',
    ...(rows.length === 0 ? ['No rule matches.'] : [table(['', 'tier', 'rule', 'from', 'why'], rows)]),
    '',
    'A target can still be refused for what it is: an object that Argo CD would revert, or a floor.',
    '',
  ].join('\n');
}

/** Frozen, for the default policy, by test/golden/policy-table.txt. */
function tableText(rows: readonly TableRow[]): string {
  const cells = rows.map(({ server, tool, verb, effect, tier, exceptions }) => [
    server,
    tool,
    verb,
    effect,
    tier,
    exceptions.join('; '),
  ]);
  return `${table(['server', 'tool', 'verb', 'effect', 'tier', 'except'], cells)}\n`;
}
