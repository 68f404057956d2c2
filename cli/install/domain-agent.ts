import { DAEMON, MAIN, outsideScope } from '../../shared/policy/scope.ts';
import tools from '../../shared/policy/tools.gen.json' with { type: 'json' };

const NAME = /^[a-z][a-z0-9-]*$/;
const SERVERS: ReadonlySet<string> = new Set(tools.map(({ server }) => server));

/** What is wrong with an agent that a domain brings; undefined: nothing. `file` is its path below `agents/`. */
export function domainAgentProblem(file: string, toolsOfAgent: string): string | undefined {
  if (!file.endsWith('.md')) return 'an agent is a file NAME.md, and lies in agents/ itself';
  const name = file.slice(0, -'.md'.length);
  if (!NAME.test(name)) return `"${name}" is no name of an agent: lower case letters, digits and "-", and no folder`;
  if (name === DAEMON) return `"${DAEMON}" is what works without a conversation`;
  if (name === MAIN) return `"${MAIN}" is what the conversation itself is called`;
  const servers = [...toolsOfAgent.matchAll(/mcp__(?<server>\w+?)(__|\b)/g)].flatMap(
    ({ groups }) => groups?.server ?? [],
  );
  return servers
    .filter((server) => SERVERS.has(server))
    .map((server) => outsideScope(name, server))
    .find(Boolean)
    ?.replace(/\.$/, '');
}
