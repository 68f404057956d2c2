import { at, stringAt } from '../../shared/kernel/json.ts';
import type { GuardContext } from './context.ts';

const EDITORS = ['Edit', 'Write', 'MultiEdit', 'NotebookEdit'];

/** Why a tool call is refused, in words for the model; undefined where nothing speaks against it. */
export async function guard(event: unknown, context: GuardContext): Promise<string | undefined> {
  const tool = stringAt(event, 'tool_name');
  const input = at(event, 'tool_input');
  const cwd = stringAt(event, 'cwd') ?? '/';
  if (tool === undefined) throw new Error('the event names no tool');
  if (tool.startsWith('mcp__')) return undefined;
  if (EDITORS.includes(tool)) {
    const path = stringAt(input, 'file_path') ?? stringAt(input, 'notebook_path');
    if (path === undefined) throw new Error(`${tool} names no file`);
    return context.protection.refusal(path, [cwd]);
  }
  const command = stringAt(input, 'command');
  if (command === undefined) {
    if (tool === 'Bash') throw new Error('Bash has no command');
    return undefined;
  }
  // The parser is loaded only where a shell command has to be read.
  const { judgeShell } = await import('./judge.ts');
  return judgeShell(command, cwd, context);
}
