import { expect, it } from 'vitest';
import { clientEnvironment, serverEnvironment, withoutClients } from '../../daemon/agent/environment.ts';
import { patience, variablesIn } from '../../daemon/agent/servers.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';

const paths = pathsIn('/home/anna/.claude');
const env = {
  ...{ PATH: '/bin', HOME: '/home/anna', KUBECONFIG: '/k', GITEA_TOKEN: 'g', MY_TOKEN: 'm', OTHER_API_KEY: 'o' },
  ...{ ANTHROPIC_API_KEY: 'a', CLAUDE_CODE_OAUTH_TOKEN: 'c', CLAUDE_CODE_SUBAGENT_MODEL: 'x', AWS_PROFILE: 'p' },
  ...{ ANTHROPIC_BASE_URL: 'http://gate', HTTPS_PROXY: 'http://proxy', LD_PRELOAD: '/evil.so', NODE_OPTIONS: '--x' },
};
const run = { run: 'run-1', agent: 'k8s-diagnostician', ...patience(900) };

it('the client gets its credentials, a home of its own, and no token of a backend', () => {
  expect(clientEnvironment(env, '/state/s', 1_000)).toEqual(
    expect.objectContaining({
      ...{ PATH: '/bin', HOME: '/state/s', CLAUDE_CONFIG_DIR: '/state/s', MCP_TOOL_TIMEOUT: '1000' },
      ...{ ANTHROPIC_API_KEY: 'a', CLAUDE_CODE_OAUTH_TOKEN: 'c', ANTHROPIC_BASE_URL: 'http://gate' },
      ...{ HTTPS_PROXY: 'http://proxy', AWS_PROFILE: 'p', DISABLE_TELEMETRY: '1' },
    }),
  );
  const names = Object.keys(clientEnvironment(env, '/state/s', 1_000));

  for (const none of ['GITEA_TOKEN', 'MY_TOKEN', 'OTHER_API_KEY', 'KUBECONFIG', 'LD_PRELOAD', 'NODE_OPTIONS']) {
    expect(names).not.toContain(none);
  }
  expect(names).not.toContain('CLAUDE_CODE_SUBAGENT_MODEL');
});

it('credentials of a cloud provider are found where the person keeps them', () => {
  expect(clientEnvironment({ HOME: '/home/anna', CLAUDE_CODE_USE_BEDROCK: '1' }, '/s', 1)).toMatchObject({
    AWS_SHARED_CREDENTIALS_FILE: '/home/anna/.aws/credentials',
  });
  expect(clientEnvironment({ HOME: '/home/anna', CLAUDE_CODE_USE_BEDROCK: '0' }, '/s', 1)).not.toHaveProperty(
    'AWS_SHARED_CREDENTIALS_FILE',
  );
});

it('a server gets its backends, the run and the agent, and nothing of Claude’s', () => {
  const config = parseConfig('gitea: { token_env: MY_TOKEN }', 'k8s-agent.yaml');
  expect(serverEnvironment(env, paths, variablesIn(config), run)).toEqual({
    ...{ PATH: '/bin', HOME: '/home/anna', KUBECONFIG: '/k', GITEA_TOKEN: 'g', MY_TOKEN: 'm' },
    ...{ K8S_AGENT_HOME: paths.home, K8S_AGENT_RUN: 'run-1', K8S_AGENT_AGENT: 'k8s-diagnostician' },
    ...{ K8S_AGENT_APPROVAL_WAIT: '900', MCP_TOOL_TIMEOUT: '1200000' },
  });
});

it('what the client would hand on to a server is empty there', () => {
  const client = clientEnvironment(env, '/s', 1);
  const server = withoutClients(serverEnvironment(env, paths, [], run), client);
  expect(server).toMatchObject({
    ANTHROPIC_API_KEY: '',
    CLAUDE_CODE_OAUTH_TOKEN: '',
    HTTPS_PROXY: '',
    HOME: '/home/anna',
  });
});

it('a call may wait as long as an approval lives, and there is time left for its change', () => {
  const { approvalWait, toolTimeout } = patience(900);
  expect(toolTimeout * 0.9).toBeGreaterThanOrEqual((approvalWait + 120) * 1000);
});
