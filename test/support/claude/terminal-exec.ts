import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ExecaError, execa } from 'execa';
import { type ClientHome, clientEnvironment } from './client-home.ts';

export interface TerminalOptions {
  /** The client's binary (clients/install-exec.ts). */
  readonly claude: string;
  readonly at: ClientHome;
  /** The scripted model's. */
  readonly modelUrl: string;
  /** Sent as soon as the client is ready; else type it. */
  readonly prompt?: string;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
}

type Key = 'Enter' | 'Escape' | 'Up' | 'Down' | 'Left' | 'Right' | 'Tab' | 'BSpace' | 'C-c';

/** The interactive client on a screen of 140x50 characters. */
export interface Terminal {
  screen(): Promise<string>;
  /** The screen, once it shows `wanted`. Throws with the last screen after `timeoutMs` (30 s by default). */
  waitFor(wanted: string | RegExp, timeoutMs?: number): Promise<string>;
  waitUntilGone(unwanted: string | RegExp, timeoutMs?: number): Promise<string>;
  type(text: string): Promise<void>;
  /** One key at a time: wait for what each does, since the client drops keys while it draws. */
  press(key: Key): Promise<void>;
  /** Ends the client and its tmux server, and no other one. */
  stop(): Promise<void>;
}

type Tmux = ReturnType<typeof tmuxOn>;

const POLL_MS = 50;

/** Starts the interactive client in a tmux server of its own. */
export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-agent-tmux-'));
  const tmux = tmuxOn(join(folder, 'socket'));
  // remain-on-exit: what the client printed before it ended stays readable.
  const session = ['new-session', '-d', '-x', '140', '-y', '50', ...clientCommand(options)];
  await tmux('start-server', ';', 'set-option', '-g', 'remain-on-exit', 'on', ';', ...session);
  const screen = () => tmux('capture-pane', '-p');
  const poll = pollScreen(screen);
  return {
    screen,
    waitFor: (wanted, timeoutMs) => poll((text) => matches(text, wanted), `show ${wanted}`, timeoutMs),
    waitUntilGone: (unwanted, timeoutMs) => poll((text) => !matches(text, unwanted), `drop ${unwanted}`, timeoutMs),
    type: async (text) => void (await tmux('send-keys', '-l', '--', text)),
    press: async (key) => void (await tmux('send-keys', key)),
    stop: async () => {
      await endClient(tmux);
      await tmux('kill-server');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function clientCommand({ claude, at, modelUrl, prompt, args = [], env }: TerminalOptions): string[] {
  const variables = Object.entries(clientEnvironment(at.home, modelUrl, env)).map(([key, value]) => `${key}=${value}`);
  const command = [claude, '--permission-mode', 'manual', ...args, ...(prompt === undefined ? [] : ['--', prompt])];
  return ['-c', at.cwd, '--', 'env', '-i', ...variables, ...command];
}

/** `-f /dev/null`: the user's own tmux configuration stays out of it. */
function tmuxOn(socket: string) {
  return async (...args: readonly string[]): Promise<string> => {
    try {
      return (await execa('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout;
    } catch (error) {
      if (!(error instanceof ExecaError) || error.code !== 'ENOENT') throw error;
      throw new Error(
        'tmux is not on the PATH. Install it: apt-get install tmux, dnf install tmux or brew install tmux.',
      );
    }
  };
}

/** Waits for the client's end, so that it writes no more to a HOME that the test removes. */
async function endClient(tmux: Tmux): Promise<void> {
  const pane = async () => (await tmux('display-message', '-p', '#{pane_dead} #{pane_pid}')).split(' ');
  const [dead, pid] = await pane();
  if (dead === '1') return;
  process.kill(Number(pid), 'SIGTERM');
  const deadline = Date.now() + 10_000;
  while ((await pane())[0] !== '1') {
    if (Date.now() > deadline) throw new Error(`The client ${pid} did not end within 10 s of SIGTERM.`);
    await delay(POLL_MS);
  }
}

function pollScreen(screen: () => Promise<string>) {
  return async (done: (text: string) => boolean, wish: string, timeoutMs = 30_000): Promise<string> => {
    const deadline = Date.now() + timeoutMs;
    let text = await screen();
    while (!done(text)) {
      if (Date.now() > deadline) throw new Error(`After ${timeoutMs} ms the screen did not ${wish}:\n${text.trim()}`);
      await delay(POLL_MS);
      text = await screen();
    }
    return text;
  };
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}
