import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programsDir, resolvePrograms } from '../../lab/binaries/binaries.ts';
import { type ModuleSpec, readModule } from '../../lab/binaries/module.ts';
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
mod) echo "{ \\"Dir\\": \\"${root}/modules/served\\" }" ;;
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

describe('a module that is built with changes', () => {
  const SPEC: ModuleSpec = {
    ...controlPlane,
    patches: [
      { module: 'example.com/served', file: 'serve.go', find: '0.0.0.0', text: '127.0.0.1' },
      { module: 'example.com/served', file: 'ui/index.html', text: '<p>no UI</p>' },
    ],
    files: [
      { module: 'example.com/served', from: 'templates', to: 'share/templates' },
      { module: 'example.com/served', from: 'wrap.sh', to: 'wrap.sh', executable: true },
    ],
  };

  /** A module in Go's cache, where nobody may write. */
  async function putModule(source: string) {
    const dir = join(root, 'modules', 'served');
    await mkdir(join(dir, 'templates'), { recursive: true });
    await writeFile(join(dir, 'serve.go'), source);
    await writeFile(join(dir, 'wrap.sh'), '#!/bin/sh\n');
    await writeFile(join(dir, 'templates', 'home.tmpl'), 'hello');
    await execa('chmod', ['-R', 'a-w', dir]);
    return dir;
  }

  it('gets a changed copy of the source, and keeps beside the programs what they read', async () => {
    const source = await putModule('listen("0.0.0.0")');
    const seen = `cat "$(dirname "$out")"/sources/example.com/served/* > "${root}/seen"; cp "$(dirname "$out")/sources/go.mod" "${root}/seen.mod"`;
    await putGo(`${GOOD}; ${seen}`);
    const { path, file } = await resolvePrograms(env(), (line) => said.push(line), [SPEC]);
    expect(await readFile(join(root, 'seen'), 'utf8')).toContain('listen("127.0.0.1")');
    expect(await readFile(join(root, 'seen.mod'), 'utf8')).toMatch(/^replace example\.com\/served => ".*served"$/m);
    expect(await readFile(join(source, 'serve.go'), 'utf8')).toContain('0.0.0.0');
    expect(await readFile(file(SPEC, 'share', 'templates', 'home.tmpl'), 'utf8')).toBe('hello');
    expect((await execa(file(SPEC, 'wrap.sh'))).exitCode).toBe(0);
    expect(await readdir(dirname(path('etcd')))).not.toContain('sources');
    await execa('chmod', ['-R', 'u+w', join(root, 'modules')]);
  });

  it('is not built when a change no longer fits its source', async () => {
    await putModule('listen("::")');
    await putGo(GOOD);
    await expect(resolvePrograms(env(), () => {}, [SPEC])).rejects.toThrow('serve.go no longer holds 0.0.0.0');
    await execa('chmod', ['-R', 'u+w', join(root, 'modules')]);
  });

  it('with C in it asks for a compiler before it begins', async () => {
    await putGo(GOOD);
    const without = { ...env(), CC: join(root, 'no-gcc') };
    await expect(resolvePrograms(without, () => {}, [{ ...controlPlane, cgo: true }])).rejects.toMatchObject({
      message: expect.stringContaining('no-gcc was not found'),
      hint: expect.stringContaining('apt-get install gcc'),
    });
  });
});
