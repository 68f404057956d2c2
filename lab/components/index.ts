import type { Component } from '../component.ts';
import { kubeControllerManager, kubeScheduler } from './controllers.ts';
import { etcd } from './etcd.ts';
import { kubeApiserver } from './kube-apiserver.ts';
import { kwok } from './kwok.ts';
import { metricsServer } from './metrics-server.ts';

/** Every process of the lab; each stands after those that it needs. */
export const components: readonly Component[] = [
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kwok,
  metricsServer,
];
