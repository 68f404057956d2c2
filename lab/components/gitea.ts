import { createHash } from 'node:crypto';
import { gitea as module } from '../binaries/modules.ts';
import type { Component, Lab } from '../component.ts';
import { writePrivate } from '../files.ts';
import { answersOk } from '../http.ts';
import { secretOf } from '../secrets.ts';

const configFile = ({ path }: Lab) => path('data', 'gitea', 'app.ini');

export const gitea: Component = {
  name: 'gitea',
  ports: ['gitea'],
  needs: [],
  command: (lab) => ({
    file: lab.program('gitea'),
    args: ['web', `--config=${configFile(lab)}`],
    // The digest makes one that was started with another configuration differ, so that `up` replaces it.
    env: {
      ...giteaEnv(lab),
      LAB_CONFIG: createHash('sha256')
        .update(config(lab, { secret: '', internal: '' }))
        .digest('hex'),
    },
  }),
  prepare: async (lab) => {
    const keys = { secret: await secretOf(lab, 'gitea-key'), internal: await secretOf(lab, 'gitea-internal') };
    await writePrivate(configFile(lab), config(lab, keys));
  },
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports.gitea}/api/healthz`),
};

/** What every call of the program needs to find its state, and the lab's git. */
export function giteaEnv({ path, toolPath }: Lab): Record<string, string> {
  return { PATH: toolPath, HOME: path('data', 'gitea'), GITEA_WORK_DIR: path('data', 'gitea') };
}

/** The arguments of a command of its own command line. */
export const giteaArgs = (lab: Lab, ...args: string[]) => [...args, `--config=${configFile(lab)}`];

/** Nothing of it leaves this machine: no update check, no avatars, no mail, no mirrors; webhooks to loopback alone. */
function config(lab: Lab, keys: { readonly secret: string; readonly internal: string }): string {
  const { path, ports } = lab;
  const data = path('data', 'gitea');
  const url = `http://127.0.0.1:${ports.gitea}/`;
  return `APP_NAME = lab
RUN_MODE = prod
WORK_PATH = ${data}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${ports.gitea}
ROOT_URL = ${url}
LOCAL_ROOT_URL = ${url}
STATIC_ROOT_PATH = ${lab.file(module, 'share', 'gitea')}
DISABLE_SSH = true
OFFLINE_MODE = true
LFS_START_SERVER = false
[database]
DB_TYPE = sqlite3
PATH = ${data}/gitea.db
[repository]
ROOT = ${data}/repos
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = ${keys.secret}
INTERNAL_TOKEN = ${keys.internal}
[oauth2]
ENABLED = true
[service]
DISABLE_REGISTRATION = true
REQUIRE_SIGNIN_VIEW = true
[picture]
DISABLE_GRAVATAR = true
[webhook]
ALLOWED_HOST_LIST = loopback
[mirror]
ENABLED = false
[log]
LEVEL = Warn
[metrics]
ENABLED = true
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
[packages]
ENABLED = false
[cron]
ENABLED = false
[cron.update_checker]
ENABLED = false
`;
}
