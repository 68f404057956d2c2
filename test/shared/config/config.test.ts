import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../shared/config/config.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { OpsError } from '../../../shared/kernel/errors.ts';

const parse = (text: string) => parseConfig(text, 'k8s-agent.yaml');

describe('k8s-agent.yaml', () => {
  it('may be missing or empty', async () => {
    const backend = { insecure_skip_tls_verify: false };
    const defaults = {
      kubectl: {},
      argocd: backend,
      prometheus: backend,
      alertmanager: backend,
      gitea: backend,
      dashboard: backend,
      approvals: { expires: 15, wait: 120 },
      notifications: { timezone: 'UTC', channels: [] },
      daemon: { budget: { step: 1, run: 5, day: 25 }, max_turns: 50, agents: 2, verify: 15, drain: 60 },
    };
    expect(await readConfig('no-such-file.yaml')).toEqual(defaults);
    expect(parse('')).toEqual(defaults);
    expect(parse('daemon:\n#  agents: 4\nnotifications:\n')).toEqual(defaults);
  });

  it('names kubeconfig and context', () => {
    expect(parse('kubectl:\n  kubeconfig: /etc/k0s/admin.conf\n  context: home\n').kubectl).toEqual({
      kubeconfig: '/etc/k0s/admin.conf',
      context: 'home',
    });
  });

  it.each([
    ['approvals:\n  expires: soon\n', 'k8s-agent.yaml:2:3: approvals.expires'],
    ['kubectl:\n  context: home\n  contxt: home\n', 'k8s-agent.yaml:3:3: kubectl.contxt: Unrecognized key'],
    ['approvals: {expires: 0}\n', 'k8s-agent.yaml:1:13: approvals.expires'],
    ['kubectl: [\n', 'k8s-agent.yaml:2:1:'],
    ['kubectl:\n\tcontext: x\n', 'k8s-agent.yaml:2:1: Tabs are not allowed as indentation.'],
    ['daemon: { budget: { steps: 1 } }', 'daemon.budget.steps: no such key; there are step, run, day.'],
  ])('says line and column of %j', (text, where) => {
    expect(() => parse(text)).toThrow(where);
  });

  it('says that it cannot be read, where that is what is wrong', async () => {
    await expect(readConfig(import.meta.dirname)).rejects.toMatchObject({
      message: expect.stringContaining(`${import.meta.dirname} cannot be read: EISDIR`),
      hint: 'Check its owner and mode.',
    });
  });

  it('names the valid keys', () => {
    try {
      parse('kubctl: {}');
    } catch (error) {
      expect(error instanceof OpsError && error.hint).toBe(
        'Valid keys: kubectl (kubeconfig, context); argocd, prometheus, alertmanager, gitea, dashboard (url, token_file, token_env, username, password_file, password_env, ca_file, insecure_skip_tls_verify); approvals (expires, wait); notifications (timezone, channels); daemon (budget, max_turns, agents, verify, drain).',
      );
    }
    expect.assertions(1);
  });
});
