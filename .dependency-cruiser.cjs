/** Import direction (docs/architecture.md): kernel <- policy <- approvals, audit <- gate <- http <- cluster; gate <- tool <- servers. */
const layer = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
    layer('kernel-imports-nothing-of-ours', '^shared/kernel/', '^(shared/(?!kernel/)|servers/|cli/|lab/|test/)'),
    layer('policy-below-gate', '^shared/policy/', '^shared/(?!kernel/|policy/)'),
    layer('approvals-below-gate', '^shared/approvals/', '^shared/(?!kernel/|policy/|approvals/)'),
    layer('workflow-above-policy-alone', '^shared/workflow/', '^shared/(?!kernel/|policy/|workflow/)'),
    layer('audit-below-gate', '^shared/audit/', '^shared/(?!kernel/|policy/|audit/)'),
    layer('gate-below-tool', '^shared/gate/', '^shared/(tool|store|config|mcp)/'),
    layer('http-below-cluster', '^shared/http/', '^shared/(?!kernel/|http/|gate/)'),
    layer('cluster-below-tool', '^shared/cluster/', '^shared/(?!kernel/|http/|gate/|cluster/)'),
    layer(
      'notify-beside-the-gate',
      '^shared/notify/',
      '^shared/(?!kernel/|policy/|approvals/|http/|notify/|store/sqlite-file)',
    ),
    layer('shared-below-servers', '^shared/', '^(servers|cli|lab|demo|bench|test|dashboard|daemon)/'),
    {
      name: 'servers-never-import-each-other',
      severity: 'error',
      from: { path: '^servers/([^/]+)/' },
      to: { path: '^servers/', pathNot: '^servers/$1/' },
    },
    layer('cli-never-a-servers-insides', '^(cli|daemon|dashboard)/', '^servers/'),
    layer(
      'dashboard-knows-no-cluster',
      '^dashboard/',
      '^(shared/(gate|tool|cluster|http|boot|config|policy)|cli|daemon)/',
    ),
    layer('cli-beside-the-dashboards-pages', '^cli/', '^dashboard/(server|listen|run|main|views/|page/|api/)'),
    layer('nothing-imports-test', '^(?!test/|bench/)', '^test/'),
    {
      name: 'one-file-knows-the-mcp-sdk',
      severity: 'error',
      from: { path: '^(shared|servers|cli|dashboard)/', pathNot: '^shared/tool/mcp-server\\.ts$' },
      to: { path: 'node_modules/@modelcontextprotocol/' },
    },
    {
      name: 'one-file-of-the-daemon-is-an-mcp-client',
      severity: 'error',
      from: { path: '^daemon/', pathNot: '^daemon/agent/tool-call\\.ts$' },
      to: { path: 'node_modules/@modelcontextprotocol/' },
    },
    {
      name: 'one-file-knows-the-agent-sdk',
      severity: 'error',
      from: { pathNot: '^daemon/agent/session\\.ts$' },
      to: { path: 'node_modules/@anthropic-ai/' },
    },
    {
      name: 'one-file-knows-client-node',
      severity: 'error',
      from: { pathNot: '^shared/cluster/kubeconfig\\.ts$' },
      to: { path: 'node_modules/@kubernetes/client-node' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    exclude: { path: '(^|/)(dist|coverage)/' },
  },
};
