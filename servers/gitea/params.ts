import { z } from 'zod';
import { text } from '../../shared/tool/params.ts';

export { text, why } from '../../shared/tool/params.ts';

const matching = (pattern: RegExp, message: string) => z.string().refine((value) => pattern.test(value), message);

/** Owner and name as Gitea allows them. */
export const repo = matching(
  /^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}$)[\w.-]{1,100}$/,
  'not a repository: write owner/name',
).describe('owner/name');

/** What Git allows as a name (git-check-ref-format) and no option of a command could be. */
export const REF = /^(?!-|\/|\.)(?!.*(\/\/|\.\.|@\{|\.lock(\/|$)|\/\.|\.(\/|$)|\/$))[^\p{Cc}\s~^:?*[\\]{1,200}$/u;
const named = matching(REF, 'not the name of a branch, tag or commit');

export const ref = named.optional().describe('Branch, tag or commit; else the default branch.');
export const branch = named.describe('Branch.');
export const base = named.optional().describe('Target branch; else the default branch.');
export const sha = matching(/^[0-9a-f]{7,64}$/i, 'not a commit id').describe('Commit id.');
export const number = z.int().min(1).max(1_000_000).describe('Pull request.');
export const page = z.int().min(1).max(1000).default(1).describe('Page.');

/** A file inside of a repository. */
export const FILE_PATH = /^(?!\/)(?!.*(^|\/)(\.{0,2}|\.git)(\/|$))[^\p{Cc}\\]{1,500}$/u;
export const filePath = matching(FILE_PATH, 'not a path inside of the repository');

export const files = z
  .array(
    z.strictObject({
      path: filePath.describe('Path.'),
      content: z.string().optional().describe('Whole new content.'),
      find: z.string().min(1).optional().describe('Text that stands there once,'),
      replace: z.string().optional().describe('and what takes its place.'),
      delete: z.literal(true).optional().describe('Delete it.'),
    }),
  )
  // Its limits stand in no schema: that would cost each model tokens.
  .refine(({ length }) => length >= 1 && length <= 50, 'give 1 to 50 files')
  .describe('Each with content, or find and replace, or delete.');

export const message = text(2000)
  .refine((value) => value.trim() !== '', 'empty')
  .refine(
    (value) => !/^(audit-record|approved-by|signed-off-by|co-authored-by)\s*:/im.test(value),
    'who made or approved it is written by this server',
  )
  .describe('Commit message.');
export const title = text(200)
  .refine((value) => value.trim() !== '', 'empty')
  .describe('Title.');
export const body = text(10_000).default('').describe('Description, Markdown.');
