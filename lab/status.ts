import { renderTable } from '../shared/kernel/text.ts';
import type { Component, LabView } from './component.ts';
import { isRunning, memoryMiB } from './process-exec.ts';
import { Records } from './records.ts';

export interface ComponentStatus {
  readonly name: string;
  readonly state: 'healthy' | 'unhealthy' | 'down';
  readonly pid?: number;
  readonly ports: readonly number[];
  /** Resident memory. All programs share one binary, so the sum counts its pages several times. */
  readonly memoryMiB?: number;
}

export async function statusOf(lab: LabView, component: Component): Promise<ComponentStatus> {
  const { name } = component;
  const ports = component.ports.map((port) => lab.ports[port]);
  const record = await new Records(lab.path('run')).get(name);
  if (record === undefined || !(await isRunning(record))) return { name, state: 'down', ports };
  const [ready, memory] = await Promise.all([component.ready(lab), memoryMiB(record.pid)]);
  const state = ready ? 'healthy' : 'unhealthy';
  return { name, state, pid: record.pid, ports, ...(memory !== undefined && { memoryMiB: memory }) };
}

export function neverStarted({ name }: Component): ComponentStatus {
  return { name, state: 'down', ports: [] };
}

/** A table for people: one line for each component. */
export function statusTable(statuses: readonly ComponentStatus[]): string {
  const rows = statuses.map(({ name, state, pid, ports, memoryMiB: memory }) => {
    return [name, state, String(pid ?? '-'), ports.join(',') || '-', memory === undefined ? '-' : `${memory} MiB`];
  });
  return renderTable(['COMPONENT', 'STATE', 'PID', 'PORT', 'MEMORY'], rows);
}
