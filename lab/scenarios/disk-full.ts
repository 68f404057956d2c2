import { kubectl } from '../kubectl-exec.ts';
import type { Scenario } from './scenario.ts';

const CLAIM = 'data-queue-0';
const POD = 'queue-0';
const IN_QUEUE = '--namespace=queue';

export const diskFull: Scenario = {
  about: `the volume of ${POD} is full, and it can write no more`,
  break: async (lab) => {
    const since = `lab.kwok/filling-since=${new Date().toISOString()}`;
    await kubectl(lab, ['annotate', 'persistentvolumeclaim', CLAIM, since, '--overwrite', IN_QUEUE]);
    await kubectl(lab, ['annotate', 'pod', POD, 'lab.kwok/fault=CrashLoopBackOff', '--overwrite', IN_QUEUE]);
    return `persistentvolumeclaim/${CLAIM} in queue is 98 % full, and pod/${POD} crashes`;
  },
  heal: async (lab) => {
    await kubectl(lab, ['annotate', 'persistentvolumeclaim', CLAIM, 'lab.kwok/filling-since-', IN_QUEUE]);
    await kubectl(lab, ['delete', 'pod', POD, IN_QUEUE, '--ignore-not-found']);
    return `persistentvolumeclaim/${CLAIM} in queue has room again, and pod/${POD} is replaced`;
  },
};
