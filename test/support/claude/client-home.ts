import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const API_KEY = 'sk-ant-test-0000000000000000000000000000';

/** A HOME of its own for the client, with an empty project that it trusts. */
export interface ClientHome {
  readonly home: string;
  readonly cwd: string;
  /** `~/.claude`: settings.json, agents/ and so on go here. */
  readonly claude: string;
  remove(): Promise<void>;
}

export async function makeClientHome(): Promise<ClientHome> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'k8s-agent-client-')));
  const paths = { home: join(root, 'home'), cwd: join(root, 'project'), claude: join(root, 'home', '.claude') };
  await mkdir(join(paths.claude, 'agents'), { recursive: true });
  await mkdir(paths.cwd);
  await answerFirstQuestions(paths.home, paths.cwd);
  return { ...paths, remove: () => rm(root, { recursive: true, force: true, maxRetries: 10 }) };
}

/** Answers what the client asks on its first start: onboarding, theme, API key, trust. */
async function answerFirstQuestions(home: string, cwd: string): Promise<void> {
  const answers = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    // The client asks whether to use the key of the environment, and remembers its last 20 characters.
    customApiKeyResponses: { approved: [API_KEY.slice(-20)], rejected: [] },
    projects: { [cwd]: { hasTrustDialogAccepted: true } },
  };
  await writeFile(join(home, '.claude.json'), JSON.stringify(answers), { mode: 0o600 });
}

/** All that the client gets of an environment: no key, token or setting of the person who runs the tests. */
export function clientEnvironment(home: string, modelUrl: string, more: Record<string, string> = {}) {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: API_KEY,
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    // Lists MCP tools in each request, so that a test can see what the model would see.
    ENABLE_TOOL_SEARCH: 'false',
    // The client refuses --dangerously-skip-permissions for root elsewhere.
    IS_SANDBOX: '1',
    ...more,
  };
}
