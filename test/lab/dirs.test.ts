import { describe, expect, it } from 'vitest';
import { cacheDir, labDir } from '../../lab/dirs.ts';

const HOME = '/home/ada';

describe('the folders of the lab', () => {
  it.each([
    ['the home folder', { HOME }, '/home/ada/.cache/k8s-agent-orchestrator'],
    ['XDG_CACHE_HOME', { HOME, XDG_CACHE_HOME: '/big' }, '/big/k8s-agent-orchestrator'],
    [
      'the home folder when XDG_CACHE_HOME is empty',
      { HOME, XDG_CACHE_HOME: '' },
      '/home/ada/.cache/k8s-agent-orchestrator',
    ],
  ])('shares programs below %s', (_, env, expected) => {
    expect(cacheDir(env)).toBe(expected);
  });

  it('keeps state below the cache, unless the environment or the caller names a folder', () => {
    expect(labDir({ HOME })).toBe('/home/ada/.cache/k8s-agent-orchestrator/lab');
    expect(labDir({ HOME, K8S_AGENT_LAB_DIR: '/lab/a' })).toBe('/lab/a');
    expect(labDir({ HOME, K8S_AGENT_LAB_DIR: '/lab/a' }, '/lab/b')).toBe('/lab/b');
  });
});
