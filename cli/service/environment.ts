/** A new `daemon.env`: what can be set, and nothing that is. */
export const ENVIRONMENT = `# The environment of k8s-agent.service, for its owner alone (0600). Lines are NAME=value, without export;
# quotes go around values with blanks. After a change: systemctl --user restart k8s-agent

# For agents, one of the two. "claude setup-token" prints the second.
#ANTHROPIC_API_KEY=
#CLAUDE_CODE_OAUTH_TOKEN=

# What k8s-agent.yaml does not name. A service has nothing of what your shell sets.
#KUBECONFIG=
#ARGOCD_SERVER=
#ARGOCD_AUTH_TOKEN=
#PROMETHEUS_URL=
#ALERTMANAGER_URL=
#GITEA_URL=
#GITEA_TOKEN=
#K8S_AGENT_DASHBOARD_URL=
#K8S_AGENT_DASHBOARD_TOKEN=
`;
