/** Which servers each agent may use (the seed's table of responsibilities). The orchestrator works by delegation. */
const AGENT_SERVERS: Readonly<Record<string, readonly string[]>> = {
  'k8s-orchestrator': ['kubectl', 'argocd', 'prometheus', 'gitea', 'workflows'],
  'k8s-diagnostician': ['kubectl'],
  'argocd-operator': ['argocd', 'kubectl'],
  'prometheus-analyst': ['prometheus'],
  'git-operator': ['gitea'],
};

/** What the guard hook writes down for a call of the conversation that a person leads. */
export const MAIN = 'main';

/** The daemon itself: it asks people for what a run needs, and carries out exactly what they have allowed. */
export const DAEMON = 'daemon';

/**
 * Why this agent may not use this server, or undefined. An agent that is not in the table has no server: a domain, or
 * another program, that brings an agent grants it nothing. The main conversation is the person's own,
 * and the daemon is code.
 */
export function outsideScope(agent: string | undefined, server: string): string | undefined {
  if (agent === undefined || agent === MAIN || agent === DAEMON) return undefined;
  const servers = Object.hasOwn(AGENT_SERVERS, agent) ? (AGENT_SERVERS[agent] ?? []) : [];
  if (servers.includes(server)) return undefined;
  const scope = servers.length === 0 ? 'works without these servers' : `works with ${servers.join(', ')} only`;
  return `${agent} ${scope}; delegate to an agent that has ${server}.`;
}

/** The agents that use a server, without the orchestrator where there is another: `argocd-operator`, `k8s-diagnostician or argocd-operator`. */
export function agentsFor(server: string): string {
  const all = Object.entries(AGENT_SERVERS).flatMap(([agent, servers]) => (servers.includes(server) ? [agent] : []));
  const specialists = all.filter((agent) => agent !== 'k8s-orchestrator');
  return (specialists.length > 0 ? specialists : all).join(' or ');
}
