import { z } from 'zod';

/** The models of the seed, by the complexity of a task. */
export const MODELS = ['haiku', 'sonnet', 'opus'] as const;
export const modelSchema = z.enum(MODELS);
export type Model = z.output<typeof modelSchema>;
export const COMPLEXITIES = ['simple', 'standard', 'complex'] as const;
export type Complexity = (typeof COMPLEXITIES)[number];
export const MODEL_FOR: Readonly<Record<Complexity, Model>> = { simple: 'haiku', standard: 'sonnet', complex: 'opus' };
