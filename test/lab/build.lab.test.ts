import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programsDir, resolvePrograms } from '../../lab/binaries/binaries.ts';
import { readModule } from '../../lab/binaries/module.ts';
import { controlPlane } from '../../lab/binaries/modules.ts';

let root = '';
let said: string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-build-'));
  said = [];
});
afterEach(() => rm(root, { recursive: true }));

/** A `go` that answers as the real one does and writes down what it was asked; `build` is what its build does. */
async function putGo(build: string, version = '1.26.8') {
  await mkdir(join(root, 'bin'), { recursive: true });
  const script = `#!/bin/sh
echo "$1 CGO_ENABLED=$CGO_ENABLED GOTOOLCHAIN=$GOTOOLCHAIN GOFLAGS=$GOFLAGS" >> "${root}/asked"
case $1 in
version) echo "go version go${version} linux/amd64" ;;
list) echo "go: downloading k8s.io/api v0.36.3" >&2; printf 'fmt\\nk8s.io/api\\nmain\\n' ;;
build) while [ "$1" != -o ]; do shift; done; out=$2; ${build} ;;
esac
`;
  await writeFile(join(root, 'bin', 'go'), script);
  await chmod(join(root, 'bin', 'go'), 0o700);
}

const GOOD = 'echo k8s.io/api >&2; echo "#!/bin/sh" > "$out"; chmod 700 "$out"';
const env = () => ({
  XDG_CACHE_HOME: root,
  HOME: root,
  PATH: `${join(root, 'bin')}:/usr/bin:/bin`,
  GOFLAGS: '-mod=mod',
});
const resolve = () => resolvePrograms(env(), (line) => said.push(line), [controlPlane]);
const asked = async () => (await readFile(join(root, 'asked'), 'utf8')).trim().split('\n');
const builds = async () => (await asked()).filter((line) => line.startsWith('build'));

describe('the first start on a machine', () => {
  it('says how long the build takes, shows its progress, and keeps the programs for the next time', async () => {
    await putGo(GOOD);
    const { path } = await resolve();
    expect(said).toEqual([
      expect.stringContaining('not all programs are at hand (no etcd, no kube-apiserver'),
      expect.stringContaining('once for this machine: 7 to 10 minutes on two cores'),
      expect.stringContaining('it may be interrupted'),
      '1 Go modules fetched',
      '1 packages compiled, of at most 3 (0s)',
      'the control plane built in 0s',
    ]);
    expect(path('kwok')).toBe(join(programsDir(env(), await readModule(controlPlane)), 'kwok'));
    await resolve();
    expect(await builds()).toHaveLength(1);
  });

  it('builds with the settings of the lab, whatever the user has set', async () => {
    await putGo(GOOD);
    await resolve();
    expect(await builds()).toEqual(['build CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly']);
  });

  it('builds once when two runs want it at the same time', async () => {
    await putGo(`sleep 1; ${GOOD}`);
    const [one, other] = await Promise.all([resolve(), resolve()]);
    expect(await builds()).toHaveLength(1);
    expect(one.path('etcd')).toBe(other.path('etcd'));
    expect(said).toContain('another run builds the control plane; waiting for it');
  });

  it('leaves nothing half built behind, and clears what a killed run left', async () => {
    await putGo('echo "build failed: no space left on device" >&2; exit 1');
    const dir = programsDir(env(), await readModule(controlPlane));
    await mkdir(`${dir}.draft-1`, { recursive: true });
    await expect(resolve()).rejects.toMatchObject({
      message: expect.stringContaining('no space left on device'),
      hint: expect.stringContaining('Free about 10 GB'),
    });
    expect(await readdir(dirname(dir))).toEqual([]);
  });

  it('tells a network that is down from a build that was cut off', async () => {
    await putGo('echo "dial tcp: lookup proxy.example: no such host" >&2; exit 1');
    await expect(resolve()).rejects.toMatchObject({ hint: expect.stringContaining('set GOPROXY') });
    await putGo('echo "signal: killed" >&2; exit 1');
    await expect(resolve()).rejects.toMatchObject({ hint: expect.stringContaining('goes on where it stopped') });
  });
});

describe('programs at hand', () => {
  it('from KUBEBUILDER_ASSETS are used as they are, and nothing is built', async () => {
    const real = await resolvePrograms(process.env, () => {}, [controlPlane]);
    const assets = dirname(real.path('etcd'));
    const env = { XDG_CACHE_HOME: root, KUBEBUILDER_ASSETS: assets, PATH: '' };
    const { path } = await resolvePrograms(env, (line) => said.push(line), [controlPlane]);
    expect(controlPlane.programs.map(path)).toEqual(controlPlane.programs.map((name) => join(assets, name)));
    expect(said).toEqual([]);
  });

  it('are passed over when one of them is of another release', async () => {
    await putGo(GOOD);
    await writeFile(join(root, 'bin', 'kubectl'), '#!/bin/sh\necho "Client Version: v1.32.4-dispatcher"\n');
    await chmod(join(root, 'bin', 'kubectl'), 0o700);
    const { path } = await resolve();
    expect(said[0]).toContain(`${join(root, 'bin', 'kubectl')} is 1.32.4-dispatcher, not 1.36`);
    expect((await execa(path('kubectl'))).exitCode).toBe(0);
  });
});
