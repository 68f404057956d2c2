import type { Component } from '../component.ts';
import { alertmanager } from './alertmanager.ts';
import {
  argocdApplicationController,
  argocdApplicationsetController,
  argocdRepoServer,
  argocdServer,
} from './argocd.ts';
import { kubeControllerManager, kubeScheduler } from './controllers.ts';
import { etcd } from './etcd.ts';
import { exporter } from './exporter.ts';
import { gitea } from './gitea.ts';
import { kubeApiserver } from './kube-apiserver.ts';
import { kwok } from './kwok.ts';
import { metricsServer } from './metrics-server.ts';
import { prometheus } from './prometheus.ts';
import { redis } from './redis.ts';

/** What of the lab is wanted: the cluster alone, or all that a person operates it with. */
export type Scope = 'cluster' | 'whole';

const cluster: readonly Component[] = [etcd, kubeApiserver, kubeControllerManager, kubeScheduler, kwok, metricsServer];

const gitops: readonly Component[] = [
  redis,
  gitea,
  argocdRepoServer,
  argocdServer,
  argocdApplicationController,
  argocdApplicationsetController,
  exporter,
  alertmanager,
  prometheus,
];

/** Every process of a lab; each stands after those that it needs. */
export const componentsOf = (scope: Scope): readonly Component[] =>
  scope === 'whole' ? [...cluster, ...gitops] : cluster;
