import type { Component, Lab } from '../component.ts';
import { answersOk } from '../http.ts';

export const kubeApiserver: Component = {
  name: 'kube-apiserver',
  ports: ['kube-apiserver'],
  needs: ['etcd'],
  command: (lab) => ({
    file: lab.program('kube-apiserver'),
    args: [
      `--etcd-servers=http://127.0.0.1:${lab.ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${lab.ports['kube-apiserver']}`,
      // It refuses to advertise a loopback address; without the reconciler nobody uses this one.
      '--advertise-address=10.96.255.1',
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      '--profiling=false',
      ...certificates(lab),
      ...serviceAccounts(lab),
      ...aggregation(lab),
    ],
  }),
  ready: ({ server, caFile }) => answersOk(`${server}/readyz`, caFile),
};

function certificates({ caFile, path }: Lab): string[] {
  return [
    `--client-ca-file=${caFile}`,
    `--tls-cert-file=${path('pki', 'server.crt')}`,
    `--tls-private-key-file=${path('pki', 'server.key')}`,
    `--kubelet-certificate-authority=${caFile}`,
    `--kubelet-client-certificate=${path('pki', 'kubelet-client.crt')}`,
    `--kubelet-client-key=${path('pki', 'kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP,Hostname',
  ];
}

function serviceAccounts({ path }: Lab): string[] {
  return [
    `--service-account-key-file=${path('pki', 'service-account.pub')}`,
    `--service-account-signing-key-file=${path('pki', 'service-account.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
  ];
}

/** How it proves itself to metrics-server, which answers part of its API. */
function aggregation({ path }: Lab): string[] {
  return [
    `--requestheader-client-ca-file=${path('pki', 'front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${path('pki', 'front-proxy.crt')}`,
    `--proxy-client-key-file=${path('pki', 'front-proxy.key')}`,
  ];
}
