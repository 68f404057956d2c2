import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import defaults from '../../claude-config/settings.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { nameOf } from '../../shared/cluster/objects.ts';
import { parseConfig } from '../../shared/config/parse.ts';
import { arrayAt, at, isObject, numberAt, stringAt } from '../../shared/kernel/json.ts';
import { DEPLOY, objectsIn, theOne } from './render.ts';

const BASE = join(DEPLOY, 'daemon/base');
const README = readFileSync(join(DEPLOY, 'README.md'), 'utf8');
const read = (name: string) => readFileSync(join(BASE, name), 'utf8');

const texts = readdirSync(BASE)
  .filter((name) => name.endsWith('.yaml') && name !== 'k8s-agent.yaml')
  .map(read);
const objects = texts.flatMap(objectsIn);
const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
const rules = roles.flatMap((role) => arrayAt(role, 'rules').map((rule) => ({ role: nameOf(role), rule })));

const pod = at(theOne('Deployment', objects), 'spec', 'template', 'spec');
const containers = [...arrayAt(pod, 'initContainers'), ...arrayAt(pod, 'containers')];
const [main] = arrayAt(pod, 'containers');
const config = parseConfig(read('k8s-agent.yaml'), 'k8s-agent.yaml');

describe('the roles', () => {
  it('name what they allow, one by one', () => {
    expect(roles.map(nameOf).sort()).toEqual([
      'k8s-agent-daemon',
      'k8s-agent-daemon',
      'k8s-agent-gitea',
      'k8s-agent-kubectl-read',
      'k8s-agent-kubectl-write',
    ]);
    expect(rules.length).toBeGreaterThan(30);
    for (const { role, rule } of rules) {
      const parts = ['apiGroups', 'resources', 'verbs'].map((part) => arrayAt(rule, part));
      expect([
        role,
        parts.filter((part) => part.length === 0 || part.some((word) => String(word).includes('*'))),
      ]).toEqual([role, []]);
      expect(at(rule, 'nonResourceURLs')).toBeUndefined();
    }
  });

  it('allow nothing that leads to more rights', () => {
    const verbs = new Set(rules.flatMap(({ rule }) => arrayAt(rule, 'verbs')));
    expect([...verbs].sort()).toEqual(['create', 'delete', 'get', 'list', 'patch', 'watch']);
    const resources = rules.flatMap(({ rule }) => arrayAt(rule, 'resources').map(String));
    const refused =
      /^(secrets|.*roles|.*rolebindings|.*(exec|attach|portforward|proxy|eviction|ephemeralcontainers)|certificate.*|.*webhook.*)$/;
    expect(resources.filter((resource) => refused.test(resource))).toEqual([]);
    const tokens = rules.filter(({ rule }) => arrayAt(rule, 'resources').includes('serviceaccounts/token'));
    expect(tokens.map(({ role, rule }) => [role, at(rule, 'resourceNames')])).toEqual([
      ['k8s-agent-daemon', ['k8s-agent-kubectl', 'k8s-agent-gitea']],
    ]);
  });

  it('say of each rule what it is for', () => {
    const before = texts.flatMap((text) => [...text.matchAll(/^(.*)\n {2}- apiGroups:/gm)].map(([, line]) => line));
    expect(before).toHaveLength(rules.length);
    expect(before.filter((line) => !line?.trim().startsWith('# '))).toEqual([]);
  });
});

describe('the admission policies', () => {
  it('look at each request of their account, those of subresources too', () => {
    const policies = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    expect(policies.map(nameOf)).toEqual(['k8s-agent-gitea', 'k8s-agent-kubectl']);
    for (const policy of policies)
      expect(arrayAt(policy, 'spec', 'matchConstraints', 'resourceRules')).toMatchObject([
        // A “*” alone would leave out deployments/scale.
        { apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] },
      ]);
  });
});

describe('the pod', () => {
  it('asks for what restricted pods may have, in each container', () => {
    expect(containers).toHaveLength(3);
    for (const container of containers)
      expect(at(container, 'securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    expect(at(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('sets only variables that deploy/README.md explains, and takes keys from the Secret', () => {
    const variables = arrayAt(main, 'env');
    expect(variables.map((one) => stringAt(one, 'name')).filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
    const secret = variables.filter((one) => /KEY|TOKEN|SECRET|PASSWORD/.test(stringAt(one, 'name') ?? ''));
    expect(secret).toHaveLength(2);
    for (const one of secret) expect(at(one, 'value')).toBeUndefined();
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('finds each secret of its settings in the folder that is mounted', () => {
    const sections = Object.values(config).filter(isObject);
    const files = sections.flatMap((section) => Object.entries(section).filter(([key]) => key.endsWith('_file')));
    expect(files.length).toBeGreaterThan(2);
    const mounts = arrayAt(main, 'volumeMounts').map((mount) => stringAt(mount, 'mountPath'));
    expect(mounts).toContain('/etc/k8s-agent/secrets');
    for (const [, file] of files) {
      expect(file).toMatch(/^\/etc\/k8s-agent\/secrets\/[\w.-]+$/);
      expect(README).toContain(`\`${String(file).split('/').at(-1)}\``);
    }
  });

  it('has the time to drain', () => {
    expect(numberAt(pod, 'terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(config.daemon.drain + 30);
  });

  it('is of one version, with the policy that comes with it', () => {
    expect(new Set(containers.map((container) => at(container, 'image')))).toEqual(new Set(['k8s-agent-daemon']));
    expect(at(objectsIn(read('kustomization.yaml'))[0], 'images')).toEqual([
      { name: 'k8s-agent-daemon', newTag: manifest.version },
    ]);
    expect(JSON.parse(read('settings.json'))).toEqual({ autonomy: defaults.autonomy });
  });

  it('is spoken to by nobody, and speaks to named ports alone', () => {
    const spec = at(theOne('NetworkPolicy', objects), 'spec');
    expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'], ingress: [] });
    const ports = arrayAt(spec, 'egress').map((rule) => arrayAt(rule, 'ports').map((port) => at(port, 'port')));
    expect(ports).toEqual([[53, 53], [443, 6443], [8080], [9090, 9093], [3000]]);
  });
});
