/** Of every object of the dashboard. */
export const NAME = 'k8s-agent-dashboard';

/** The lab has no storage provisioner, so a disk is made for the dashboard's claim in this namespace; it has its name. */
export const aDisk = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: namespace },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/var/lib/nothing' },
    claimRef: { namespace, name: NAME },
    persistentVolumeReclaimPolicy: 'Delete',
  },
});
