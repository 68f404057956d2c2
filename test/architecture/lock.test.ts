import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

it('locks what other platforms need, without which npm ci refuses the lock file', () => {
  const file = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  );
  // npm leaves a package out when the registry of the moment does not serve it: copy its entry from the last lock file.
  expect(missing).toEqual([]);
});
