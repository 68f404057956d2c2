import manifest from '../../package.json' with { type: 'json' };
import { boot, runServer, scrubEnvironment } from '../../shared/boot/boot.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { Cluster } from './cluster/cluster.ts';
import { connect } from './cluster/kubeconfig.ts';
import { describeWith } from './describe-exec.ts';
import { kubectlToolset } from './toolset.ts';

scrubEnvironment(process.env);
const booted = boot('kubectl', process.env, (file) => new SqliteApprovalStore(file));
const kubeconfig = () => booted.config().kubectl;
const cluster = new Cluster(async () => connect(kubeconfig(), systemClock), systemClock);
const deps = { cluster, clock: systemClock, describe: describeWith(kubeconfig, process.env) };
runServer(kubectlToolset(deps, booted.ports), booted, manifest.version);
