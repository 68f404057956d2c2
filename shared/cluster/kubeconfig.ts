import { Agent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Endpoint } from '../http/endpoint.ts';
import type { Clock } from '../kernel/clock.ts';
import { messageOf, OpsError } from '../kernel/errors.ts';

export interface KubeconfigOptions {
  /** Path of the kubeconfig; what kubectl would take where it is left out. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** Where the API server is, and how to sign in to it. */
export interface Connection extends Endpoint {
  /** The namespace of the context; `default` where it has none. */
  readonly namespace: string;
}

/** Credentials that can change (exec plugins, token and certificate files) are asked for again after this time, in milliseconds. */
const CREDENTIAL_LIFE = 30_000;

const HINTS = {
  unreachable: 'Check that the cluster is up and that the kubeconfig names it, then try again.',
  untrusted: 'Check certificate-authority in the kubeconfig.',
};

/** Reads the kubeconfig (or the pod's service account). The one file that knows client-node, and it loads KubeConfig alone. */
export async function connect(options: KubeconfigOptions, clock: Clock): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  load(config, options);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw unusable(`context "${config.getCurrentContext()}" names no cluster`);
  const credentials = new Credentials(config, clock);
  const server = parseServer(cluster.server);
  const context = config.getCurrentContext();
  return {
    server,
    label: `the API server ${server.host} (context ${context})`,
    hints: HINTS,
    namespace: config.getContextObject(context)?.namespace ?? 'default',
    options: (renew) => credentials.get(renew),
  };
}

function load(config: KubeConfig, { kubeconfig, context }: KubeconfigOptions): void {
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw unusable(`it cannot be read (${messageOf(error)})`, error);
  }
  // client-node makes one up where it finds none.
  if (config.getCurrentContext() === 'loaded-context' && config.getCurrentCluster()?.server === 'http://localhost:8080')
    throw unusable('there is none at KUBECONFIG or ~/.kube/config');
  if (context === undefined) return;
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) throw unusable(`it has no context "${context}"; it has: ${known.join(', ') || 'none'}`);
  config.setCurrentContext(context);
}

function parseServer(server: string): URL {
  const url = URL.parse(server);
  if (url?.protocol !== 'https:') throw unusable(`its server "${server}" is not an https address`);
  return url;
}

function unusable(what: string, cause?: unknown): OpsError {
  const hint = 'Set KUBECONFIG or kubectl.kubeconfig and kubectl.context in k8s-agent.yaml.';
  return new OpsError('config_invalid', `The kubeconfig cannot be used: ${what}.`, hint, { cause });
}

/** client-node makes a new agent for each request; this keeps one for as long as the TLS material is the same. */
class Credentials {
  readonly #config: KubeConfig;
  readonly #clock: Clock;
  #known: { readonly at: number; readonly options: RequestOptions } | undefined;

  constructor(config: KubeConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  async get(renew: boolean): Promise<RequestOptions> {
    const known = this.#known;
    if (known !== undefined && !renew && this.#clock.now() - known.at < CREDENTIAL_LIFE) return known.options;
    const fresh: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(fresh).catch((error: unknown) => {
      throw new OpsError(
        'unauthorized',
        'No credentials could be had for the cluster.',
        'Check the user of the kubeconfig context, and its exec plugin if it has one.',
        { cause: error },
      );
    });
    const options = { ...fresh, agent: agentFor(fresh, known?.options) };
    this.#known = { at: this.#clock.now(), options };
    return options;
  }
}

function agentFor(fresh: RequestOptions, known: RequestOptions | undefined): RequestOptions['agent'] {
  const proxied = fresh.agent !== undefined && fresh.agent.constructor !== Agent;
  if (proxied) return fresh.agent;
  const same =
    known !== undefined &&
    (['ca', 'cert', 'key', 'pfx'] as const).every((part) => String(fresh[part]) === String(known[part]));
  return same ? known.agent : new Agent({ keepAlive: true, maxSockets: 64, scheduling: 'lifo' });
}
