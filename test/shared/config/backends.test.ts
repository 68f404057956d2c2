import { describe, expect, it } from 'vitest';
import { backendSettings } from '../../../shared/config/backends.ts';
import { parseConfig } from '../../../shared/config/parse.ts';

const read = (yaml: string, env: Record<string, string>) =>
  backendSettings('gitea', parseConfig(yaml, 'k8s-agent.yaml'), env);

describe('how a backend is found', () => {
  it('is what the environment says, where the file says nothing', () => {
    expect(read('', { GITEA_URL: 'https://git.lan', GITEA_TOKEN: 'from-env' })).toMatchObject({
      name: 'Gitea',
      url: 'https://git.lan',
      token: { value: 'from-env' },
      insecure: false,
      howToSet: 'Set GITEA_URL and GITEA_TOKEN, or url and token_file below gitea: in k8s-agent.yaml.',
    });
    expect(read('', {})).toMatchObject({ url: undefined, token: undefined });
  });

  it('is what the file says, whatever stands in the environment', () => {
    const env = { GITEA_URL: 'https://other', GITEA_TOKEN: 'other', MINE: 'mine' };
    expect(read('gitea: {url: https://git.lan, token_file: /t}', env)).toMatchObject({
      url: 'https://git.lan',
      token: { file: '/t' },
    });
    expect(read('gitea: {token_env: MINE}', env)).toMatchObject({ token: { value: 'mine' } });
    expect(
      read('gitea: {username: ann, password_env: MINE, ca_file: /ca, insecure_skip_tls_verify: true}', env),
    ).toMatchObject({ username: 'ann', password: { value: 'mine' }, caFile: '/ca', insecure: true });
  });

  it('is never a silent sign-in as nobody: a variable that is named and not set is empty, and refused when it is used', () => {
    expect(read('gitea: {token_env: MISSING}', { GITEA_TOKEN: 'other' })).toMatchObject({ token: { value: '' } });
  });

  it('never has a secret in the file', () => {
    expect(() => parseConfig('gitea: {token: abc}', 'k8s-agent.yaml')).toThrow(
      /k8s-agent.yaml:1:9: gitea.token: Unrecognized key/,
    );
  });
});
