import { redactObject } from '../../shared/audit/redact.ts';
import { controllerOf, type KubeObject, nameOf, namespaceOf } from '../../shared/cluster/objects.ts';
import { ageOf } from '../../shared/cluster/times.ts';
import { toYaml } from '../../shared/cluster/yaml.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { renderTable } from '../../shared/kernel/text.ts';
import { short } from './fit.ts';
import { containersOf, describeEnd } from './health/containers.ts';

/** What this machine shows of an object where there is no kubectl: for any kind. */
export function renderObject(object: KubeObject, now: number): string {
  const { apiVersion, kind, metadata: _m, status, spec, ...rest } = object;
  const sections = [
    heading(object, now),
    kind === 'Pod' ? section('Containers', containerLines(object, now)) : '',
    section('Conditions', conditionLines(object, now)),
    yamlSection('Spec', redactObject(spec)),
    yamlSection('Status', redactObject(withoutConditions(status))),
    ...Object.entries(rest).map(([key, value]) =>
      yamlSection(key, kind === 'Secret' ? sizesOf(value) : redactObject(value)),
    ),
  ];
  return sections.filter((part) => part !== '').join('\n');
}

function heading(object: KubeObject, now: number): string {
  const owner = controllerOf(object);
  const created = stringAt(object, 'metadata', 'creationTimestamp');
  const rows = [
    ['Name', nameOf(object)],
    ['Namespace', namespaceOf(object)],
    ['Kind', `${stringAt(object, 'kind')} (${stringAt(object, 'apiVersion')})`],
    ['Created', created && `${created} (${ageOf(created, now)} ago)`],
    ['Being deleted since', stringAt(object, 'metadata', 'deletionTimestamp')],
    ['Finalizers', arrayAt(object, 'metadata', 'finalizers').join(', ')],
    ['Controlled by', owner && `${owner.kind}/${owner.name}`],
    ['Labels', pairs(at(object, 'metadata', 'labels'))],
    ['Annotations', pairs(redactObject(at(object, 'metadata', 'annotations') ?? {}))],
  ];
  return rows.flatMap(([key, value]) => (value ? [`${key}: ${value}`] : [])).join('\n');
}

function pairs(map: unknown): string {
  if (!isObject(map)) return '';
  return Object.entries(map)
    .map(([key, value]) => `${key}=${short(String(value), 200)}`)
    .join(', ');
}

function containerLines(pod: KubeObject, now: number): readonly string[] {
  return containersOf(pod).map(({ name, init, ready, restarts, running, waiting, ended }) => {
    const state = running ? 'running' : waiting ? `waiting: ${waiting.reason} ${waiting.message}`.trim() : 'ended';
    const last = ended === undefined ? '' : `; last ${describeEnd(ended, now)}`;
    return `${name}${init ? ' (init)' : ''}: ${ready ? 'ready' : 'not ready'}, ${restarts} restarts, ${state}${last}`;
  });
}

function conditionLines(object: KubeObject, now: number): readonly string[] {
  const conditions = arrayAt(object, 'status', 'conditions');
  if (conditions.length === 0) return [];
  const rows = conditions.map((one) => [
    stringAt(one, 'type') ?? '',
    stringAt(one, 'status') ?? '',
    ageOf(stringAt(one, 'lastTransitionTime'), now),
    stringAt(one, 'reason') ?? '',
    short(stringAt(one, 'message') ?? '', 200),
  ]);
  return renderTable(['TYPE', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'], rows).split('\n');
}

function withoutConditions(status: unknown): unknown {
  if (!isObject(status)) return status;
  const { conditions: _c, containerStatuses: _s, initContainerStatuses: _i, ...rest } = status;
  return rest;
}

/** Of a Secret only the sizes, as kubectl does it. */
function sizesOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  const size = (encoded: unknown) => `${Buffer.from(String(encoded), 'base64').length} bytes`;
  return Object.fromEntries(Object.entries(value).map(([key, encoded]) => [key, size(encoded)]));
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function yamlSection(title: string, value: unknown): string {
  if (value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0)) return '';
  return section(title, toYaml(value).trimEnd().split('\n'));
}
