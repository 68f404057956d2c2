import type { Component, Lab, LabView } from '../component.ts';
import { answersOk } from '../http.ts';
import type { PortName } from '../ports.ts';

export const kubeControllerManager: Component = {
  name: 'kube-controller-manager',
  ports: ['kube-controller-manager'],
  needs: ['kube-apiserver'],
  command: (lab) => ({
    file: lab.program('kube-controller-manager'),
    args: [
      ...common(lab, 'kube-controller-manager'),
      '--controllers=*',
      '--use-service-account-credentials=true',
      `--root-ca-file=${lab.caFile}`,
      `--service-account-private-key-file=${lab.path('pki', 'service-account.key')}`,
      `--cluster-signing-cert-file=${lab.caFile}`,
      `--cluster-signing-key-file=${lab.path('pki', 'ca.key')}`,
    ],
  }),
  ready: (lab) => healthy(lab, 'kube-controller-manager'),
};

export const kubeScheduler: Component = {
  name: 'kube-scheduler',
  ports: ['kube-scheduler'],
  needs: ['kube-apiserver'],
  command: (lab) => ({ file: lab.program('kube-scheduler'), args: common(lab, 'kube-scheduler') }),
  ready: (lab) => healthy(lab, 'kube-scheduler'),
};

function common({ path, ports }: Lab, name: PortName): string[] {
  const kubeconfig = path('pki', `${name}.kubeconfig`);
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports[name]}`,
    `--tls-cert-file=${path('pki', 'server.crt')}`,
    `--tls-private-key-file=${path('pki', 'server.key')}`,
    '--leader-elect=false',
    '--profiling=false',
  ];
}

function healthy({ ports, caFile }: LabView, name: PortName): Promise<boolean> {
  return answersOk(`https://127.0.0.1:${ports[name]}/healthz`, caFile);
}
