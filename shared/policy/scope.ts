/** Which servers each agent may use (the seed's table of responsibilities). The orchestrator works by delegation. */
const AGENT_SERVERS: Readonly<Record<string, readonly string[]>> = {
  'k8s-orchestrator': ['kubectl', 'argocd', 'prometheus', 'gitea', 'workflows'],
  'k8s-diagnostician': ['kubectl'],
  'argocd-operator': ['argocd', 'kubectl'],
  'prometheus-analyst': ['prometheus'],
  'git-operator': ['gitea'],
};

/** Why this agent may not use this server, or undefined. An agent that is not ours has no scope of its own. */
export function outsideScope(agent: string | undefined, server: string): string | undefined {
  const servers = agent !== undefined && Object.hasOwn(AGENT_SERVERS, agent) ? AGENT_SERVERS[agent] : undefined;
  if (servers === undefined || servers.includes(server)) return undefined;
  return `${agent} works with ${servers.join(', ')} only; delegate to an agent that has ${server}.`;
}
