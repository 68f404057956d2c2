/** Manifests that tests apply; the lab's nodes run their pods without an image. */
export function aDeployment(
  name: string,
  namespace: string,
  change: { replicas?: number; image?: string; metadata?: object } = {},
) {
  const { replicas = 1, image = 'registry.example.invalid/web:1', metadata = {} } = change;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, ...metadata },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
  };
}

export function aConfigMap(name: string, namespace: string, data: object = { key: 'value' }, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...metadata }, data };
}
