import type { Component } from '../component.ts';
import { answersOk } from '../http.ts';

export const etcd: Component = {
  name: 'etcd',
  ports: ['etcd', 'etcd-peer'],
  needs: [],
  command: ({ program, path, ports }) => {
    const client = `http://127.0.0.1:${ports.etcd}`;
    const peer = `http://127.0.0.1:${ports['etcd-peer']}`;
    return {
      file: program('etcd'),
      args: [
        '--name=lab',
        `--data-dir=${path('data', 'etcd')}`,
        `--listen-client-urls=${client}`,
        `--advertise-client-urls=${client}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=lab=${peer}`,
        // A lab may lose its last writes with the power: it starts twice as fast for it.
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
    };
  },
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports.etcd}/health`),
};
