import { writeAlertConfig } from '../alert-config.ts';
import type { Component } from '../component.ts';
import { exists } from '../files.ts';
import { answersOk } from '../http.ts';

export const alertmanager: Component = {
  name: 'alertmanager',
  ports: ['alertmanager'],
  needs: [],
  command: ({ program, path, ports }) => ({
    file: program('alertmanager'),
    args: [
      `--config.file=${path('etc', 'alertmanager.yaml')}`,
      `--storage.path=${path('data', 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      `--web.external-url=http://127.0.0.1:${ports.alertmanager}`,
      // It is alone: no cluster, no gossip.
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
  }),
  prepare: async (lab) => {
    // Whoever has pointed it to a webhook keeps that.
    if (!(await exists(lab.path('etc', 'alertmanager.yaml')))) await writeAlertConfig(lab, undefined);
  },
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports.alertmanager}/-/ready`),
};
