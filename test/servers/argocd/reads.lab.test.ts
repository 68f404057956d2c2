import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WholeLabInfo } from '../../../lab/index.ts';
import { argocdRig } from '../../support/argocd-rig.ts';
import { wholeLabForTests } from '../../support/lab.ts';
import type { ToolRig } from '../../support/tool-rig.ts';

let lab: WholeLabInfo;
let rig: ToolRig;
const text = async (tool: string, input: object = {}) => (await rig.call(tool, input)).text;

beforeAll(async () => {
  lab = await wholeLabForTests();
});
beforeEach(() => {
  rig = argocdRig(lab.argocd);
});

describe('reading Argo CD', () => {
  it('lists applications with sync, health and how they are synced', async () => {
    expect(await text('list_apps')).toMatch(
      /\d+ applications, \d+ in trouble\.[\s\S]*web +default +\w+ +\w+ +manual +\w{10}/,
    );
    expect(await text('list_apps', { project: 'nobodys' })).toBe('0 applications, 0 in trouble.');
  });

  it('shows an application with source, owner, policy and resources', async () => {
    expect(await text('get_app', { app: 'orders' })).toMatch(
      /source +http:\/\/.*\/lab\/gitops\.git path apps\/orders \(main\)[\s\S]*owner +made by hand[\s\S]*sync policy auto-sync[\s\S]*Deployment\/orders +orders/,
    );
    expect(await text('get_app', { app: 'cache' })).toMatch(
      /owner +made by application platform \(app of apps\), in .* path platform \(main\)/,
    );
    expect(await text('get_app', { app: 'team-alpha' })).toMatch(
      /owner +made by ApplicationSet teams: change its template/,
    );
    expect(await text('get_app', { app: 'argocd/orders' })).toMatch(/^orders: /);
  });

  it('shows logs by resource, with a filter, and what there is where the resource is wrong', async () => {
    const logs = await text('app_logs', {
      app: 'shop',
      resource: 'apps/Deployment/shop',
      lines: 5,
      filter: 'listening',
    });
    expect(logs).toMatch(/shop-\S+ INFO listening port=8080/);
    expect(logs).not.toContain('reading configuration');
    expect(await text('app_logs', { app: 'shop', resource: 'apps/Deployment/nope' })).toMatch(
      /It has: .*apps\/Deployment\/shop/,
    );
  });

  it('shows history and events', async () => {
    expect(await text('app_history', { app: 'shop' })).toMatch(/\d+ deployments?\.[\s\S]*\w{10} +.+ \(.+@.+\)/);
    expect(await text('app_events', { app: 'shop' })).toMatch(/OperationCompleted/);
  });

  it('lists projects, repositories and clusters', async () => {
    expect(await text('list_projects')).toMatch(/default +\* +\*@\*/);
    expect(await text('list_repos')).toMatch(/lab\/gitops\.git +git +\S+ +Successful/);
    expect(await text('list_clusters')).toMatch(/in-cluster +https:\/\/kubernetes\.default\.svc +v1\.\d+/);
  });

  it.each([
    'get_app',
    'diff_app',
    'app_history',
    'app_logs',
    'app_events',
    'refresh_app',
    'sync_app',
    'rollback_app',
    'terminate_operation',
  ])('%s names the nearest application where there is none of that name', async (tool) => {
    expect(await rig.call(tool, { app: 'shpo' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/There is no application shpo that this account may see\. Did you mean "shop"\?/),
    });
  });

  it.each([
    ['delete_app', { app: 'web', cascade: false }, 'delete'],
    ['sync_app', { app: 'web' }, 'sync'],
    ['update_app', { app: 'web', revision: 'other' }, 'update'],
    ['create_app', { app: 'mine', repo: 'https://git.example.invalid/a.git', path: 'a', namespace: 'a' }, 'create'],
  ])('bothers nobody with a %s that the account has no right to', async (tool, input, right) => {
    const viewer = argocdRig({ ...lab.argocd, tokenFile: lab.argocd.viewerTokenFile });
    expect((await viewer.call('get_app', { app: 'web' })).isError).toBe(false);
    expect(await viewer.call(tool, input)).toMatchObject({
      isError: true,
      text: expect.stringMatching(
        new RegExp(`^The account of this server may not ${right} application \\w+ of project default\\. A person can`),
      ),
    });
    expect(await viewer.approvals.list({ states: ['pending'] })).toEqual([]);
  });
});
