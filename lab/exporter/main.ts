import { createServer } from 'node:http';
import { Cluster } from '../../shared/cluster/cluster.ts';
import { connect } from '../../shared/cluster/kubeconfig.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { type ClusterState, StateReader } from './cluster-state.ts';
import { kubeState } from './kube-state.ts';
import { kubelet } from './kubelet.ts';
import { isExported, isUp, nodeExporter } from './node.ts';
import { render, type Series, valuesAt } from './series.ts';

/** `main.ts KUBECONFIG PORT` serves, on loopback alone, what kube-state-metrics, node exporters and kubelets would. */
const [kubeconfig = '', port = ''] = process.argv.slice(2);
const reader = new StateReader(new Cluster(() => connect({ kubeconfig }, systemClock), systemClock));

/** The series of a path; undefined where nobody answers. */
function seriesAt(path: string, state: ClusterState): readonly Series[] | undefined {
  const [, kind, name = ''] = /^\/(?:(nodes|kubelets)\/([^/]+)\/)?metrics$/.exec(path) ?? [];
  const now = Date.now() / 1000;
  if (kind === 'kubelets') return isUp(state, name) ? valuesAt(kubelet(state, name), now) : undefined;
  if (kind === 'nodes') return isExported(state, name) ? valuesAt(nodeExporter(state, name), now) : undefined;
  return path === '/metrics' ? kubeState(state) : undefined;
}

const server = createServer(async (request, response) => {
  const answer = (status: number, text: string) =>
    response.writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text);
  try {
    const path = request.url ?? '';
    if (path === '/healthz') return answer(200, 'ok\n');
    const series = seriesAt(path, await reader.read());
    answer(series === undefined ? 503 : 200, series === undefined ? 'nobody answers here\n' : render(series));
  } catch (error) {
    answer(500, `${messageOf(error)}\n`);
  }
});
server.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
