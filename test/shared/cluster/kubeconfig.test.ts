import { expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../../shared/cluster/kubeconfig.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { tempFolder } from '../../support/gate-rig.ts';

it('says that there is no kubeconfig, and names no address that nobody has set', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('KUBECONFIG', undefined);
  vi.stubEnv('HOME', tempFolder());
  await expect(connect({}, systemClock)).rejects.toThrow(
    'The kubeconfig cannot be used: there is none at KUBECONFIG or ~/.kube/config.',
  );
});
