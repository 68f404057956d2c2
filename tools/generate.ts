import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { TOOLS as ARGOCD } from '../servers/argocd/toolset.ts';
import { TOOLS as GITEA } from '../servers/gitea/toolset.ts';
import { TOOLS as KUBECTL } from '../servers/kubectl/toolset.ts';
import { TOOLS as PROMETHEUS } from '../servers/prometheus/toolset.ts';
import { TOOLS as WORKFLOWS } from '../servers/workflows/toolset.ts';
import { at, isObject, stringAt } from '../shared/kernel/json.ts';
import type { ToolInfo } from '../shared/tool/toolset.ts';
import { wireTool } from '../shared/tool/wire.ts';
import { actionSchema, editorSchema, workflowSchema } from '../shared/workflow/schema.ts';
import { openApi } from './openapi.ts';
import { pageAssets } from './page-assets.ts';

/** What is made from the sources, and checked in: `npm run check` fails when it is not up to date. */
export const SERVERS: Readonly<Record<string, readonly ToolInfo[]>> = {
  kubectl: KUBECTL,
  argocd: ARGOCD,
  prometheus: PROMETHEUS,
  gitea: GITEA,
  workflows: WORKFLOWS,
};

export const GENERATED: Readonly<Record<string, () => string>> = {
  'shared/policy/tools.gen.json': () => `${JSON.stringify(catalogue(), null, 2)}\n`,
  'dashboard/views/assets.gen.json': pageAssets,
  'docs/openapi.gen.json': openApi,
  'docs/tools.md': toolsPage,
  'workflows/workflow.schema.gen.json': () => editorSchema(workflowSchema),
  'workflows/action.schema.gen.json': () => editorSchema(actionSchema),
};

export async function generate(): Promise<void> {
  for (const [file, make] of Object.entries(GENERATED)) {
    await writeFile(fileURLToPath(new URL(`../${file}`, import.meta.url)), make());
  }
}

function catalogue() {
  return Object.entries(SERVERS).flatMap(([server, tools]) =>
    tools.map(({ name, verb, effect }) => ({ server, tool: name, verb, effect })),
  );
}

function toolsPage(): string {
  const sections = Object.entries(SERVERS).flatMap(([server, tools]) => [
    `## ${server}`,
    `${tools.length} tools; tools/list costs a model about ${tokens(tools)} tokens.`,
    ...tools.map(section),
  ]);
  return `${['# Tools', 'Made by `node tools/generate.ts` from the tool definitions. A tier is the default: `k8s-agent policy table` shows yours.', ...sections].join('\n\n')}\n`;
}

function section(tool: ToolInfo): string {
  const properties = tool.schema.properties;
  const required = tool.schema.required;
  const rows = Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => {
    const needed = Array.isArray(required) && required.includes(name) ? 'yes' : '';
    return `| \`${name}\` | ${typeOf(schema)} | ${needed} | ${stringAt(schema, 'description') ?? ''} |`;
  });
  const title = `### ${tool.name}\n\n${tool.summary}\n\nVerb \`${tool.verb}\`, ${tool.effect === 'read' ? 'reads' : 'changes'}.`;
  return rows.length === 0
    ? title
    : [title, '', '| parameter | type | required | |', '|---|---|---|---|', ...rows].join('\n');
}

function typeOf(schema: unknown): string {
  const choices = at(schema, 'enum');
  if (Array.isArray(choices)) return choices.map((choice) => `\`${choice}\``).join(', ');
  return stringAt(schema, 'type') ?? 'any';
}

/** The measure of the field: bytes by four. */
export function tokens(tools: readonly ToolInfo[]): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(tools.map(wireTool))) / 4);
}

if (import.meta.main) await generate();
