import { z } from 'zod';

/** Text of a limited length. The limit is left out of the published schema: it would cost each model its tokens. */
export const text = (max: number) => z.string().refine((value) => value.length <= max, `longer than ${max} characters`);

/** Its limits stand in no schema: every tool that changes something would repeat them. */
export const why = z
  .string()
  .refine(({ length }) => length >= 3 && length <= 500, 'write 3 to 500 characters')
  .describe('Reason, for the person who decides.');
