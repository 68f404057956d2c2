import { pathToFileURL } from 'node:url';
import { ensureBundle } from '../bundles.ts';
import type { AddCommand } from '../command.ts';
import { SERVERS } from '../install/wanted.ts';

/** `k8s-agent mcp kubectl`: standard output belongs to the protocol from here on. */
export const mcp: AddCommand = (program, run) => {
  const servers = program.command('mcp').description('run an MCP server over standard input and output');
  for (const server of SERVERS) {
    servers
      .command(server)
      .description(`run the ${server} server`)
      .action(() =>
        run(async ({ root, env, paths }) => {
          const bundle = await ensureBundle(root, server);
          env.K8S_AGENT_HOME = paths.home;
          await import(pathToFileURL(bundle).href);
          return undefined;
        }),
      );
  }
};
