import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component } from '../component.ts';
import { answersOk } from '../http.ts';
import { kubectl } from '../kubectl-exec.ts';
import { manifest } from '../manifests.ts';

const SOURCES = join(import.meta.dirname, '..', 'exporter');

/** Stands in for kube-state-metrics, node exporters and the kubelets' metrics. */
export const exporter: Component = {
  name: 'exporter',
  ports: ['exporter'],
  needs: ['kube-apiserver'],
  command: ({ kubeconfig, ports }) => ({
    file: process.execPath,
    args: [join(SOURCES, 'main.ts'), kubeconfig, String(ports.exporter)],
    // It does not read this. It makes one that runs older code differ, so that `up` replaces it.
    env: { LAB_SOURCES: digest() },
  }),
  prepare: async (lab) => {
    await kubectl(lab, ['apply', `--filename=${manifest('monitoring.yaml')}`]);
  },
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports.exporter}/healthz`),
};

function digest(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(SOURCES).sort()) hash.update(readFileSync(join(SOURCES, name)));
  return hash.digest('hex');
}
