import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Component, Lab } from '../component.ts';
import { writePrivate } from '../files.ts';
import { answersOk } from '../http.ts';
import { manifest } from '../manifests.ts';

const FILES = [manifest('prometheus', 'prometheus.yaml'), manifest('prometheus', 'rules.yaml')];

export const prometheus: Component = {
  name: 'prometheus',
  ports: ['prometheus'],
  needs: ['exporter'],
  command: ({ program, path, ports }) => ({
    file: program('prometheus'),
    args: [
      `--config.file=${path('etc', 'prometheus.yaml')}`,
      `--storage.tsdb.path=${path('data', 'prometheus')}`,
      '--storage.tsdb.retention.time=15d',
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      '--web.enable-lifecycle',
      '--web.enable-admin-api',
      // By which a past is written for a lab that has none yet.
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ],
    // It does not read this. It makes one that was started with other files differ, so that `up` replaces it.
    env: { LAB_MANIFESTS: digest() },
  }),
  prepare: async (lab) => {
    const [config = '', rules = ''] = await Promise.all(FILES.map((file) => readFile(file, 'utf8')));
    await writePrivate(lab.path('etc', 'prometheus.yaml'), render(config, lab));
    await writePrivate(lab.path('etc', 'rules.yaml'), rules);
  },
  ready: ({ ports }) => answersOk(`http://127.0.0.1:${ports.prometheus}/-/ready`),
};

/** Puts `${port:NAME}` and `${path:NAME}` in. */
function render(text: string, lab: Lab): string {
  return text
    .replaceAll(/\$\{port:([a-z-]+)\}/g, (_, name) =>
      String(Object.entries(lab.ports).find(([key]) => key === name)?.[1]),
    )
    .replaceAll(/\$\{path:([^}]+)\}/g, (_, path) => lab.path(...path.split('/')));
}

function digest(): string {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(readFileSync(file));
  return hash.digest('hex');
}
