import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A small file system of its own, which reads ahead as a usual disk does: with more, a small cgroup thrashes on pages that nobody asked for. */
export interface Disk {
  readonly folder: string;
  /** Takes it out and puts it in again: what was read counts for nobody any more. */
  readonly cool: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const READ_AHEAD_KB = 128;

export async function makeDisk(folder: string, megabytes: number): Promise<Disk> {
  const image = `${folder}.img`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(image, '');
  truncateSync(image, megabytes * 2 ** 20);
  await execa('mkfs.ext4', ['-q', '-F', image]);
  const mount = async () => {
    const { stdout: loop } = await execa('losetup', ['--find', '--show', image]);
    writeFileSync(join('/sys/block', loop.replace('/dev/', ''), 'queue/read_ahead_kb'), `${READ_AHEAD_KB}`);
    await execa('mount', [loop, folder]);
    return loop;
  };
  let loop = await mount();
  const unmount = async () => {
    await execa('umount', [folder]);
    await execa('losetup', ['--detach', loop]);
  };
  return {
    folder,
    cool: async () => {
      await unmount();
      loop = await mount();
    },
    remove: async () => {
      await unmount();
      await execa('rm', ['-r', folder, image]);
    },
  };
}

export interface Memory {
  /** MiB that nobody can take away: heaps and stacks. */
  readonly anonymous: number;
  readonly files: number;
  /** Pages that had to be read from the disk, since the start. */
  readonly majorFaults: number;
  readonly killed: number;
}

/** Limits of a pod, with version 1 of the kernel's control groups. */
export class Box {
  readonly #memory = '/sys/fs/cgroup/memory/k8s-agent-bench';
  readonly #cpu = '/sys/fs/cgroup/cpu/k8s-agent-bench';
  #child: ChildProcess | undefined;

  constructor(memory: number, cores: number) {
    for (const group of [this.#memory, this.#cpu]) mkdirSync(group, { recursive: true });
    writeFileSync(join(this.#memory, 'memory.limit_in_bytes'), `${memory}`);
    writeFileSync(join(this.#cpu, 'cpu.cfs_period_us'), '100000');
    writeFileSync(join(this.#cpu, 'cpu.cfs_quota_us'), `${Math.round(cores * 100_000)}`);
  }

  /** The process is inside before it is a program: what it loads counts. */
  start(command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const enter = 'echo $$ > "$1/cgroup.procs" && echo $$ > "$2/cgroup.procs" && shift 2 && exec "$@"';
    this.#child = spawn('/bin/sh', ['-c', enter, 'sh', this.#memory, this.#cpu, ...command], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return this.#child;
  }

  /** As the kubelet does; whatever went wrong, nothing is left running. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  read(): Memory {
    const stat = readFileSync(join(this.#memory, 'memory.stat'), 'utf8');
    const oom = readFileSync(join(this.#memory, 'memory.oom_control'), 'utf8');
    const of = (text: string, name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
    const mebibytes = (name: string) => of(stat, name) / 2 ** 20;
    return {
      anonymous: mebibytes('total_rss'),
      files: mebibytes('total_mapped_file'),
      majorFaults: of(stat, 'total_pgmajfault'),
      killed: of(oom, 'oom_kill'),
    };
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const group of [this.#memory, this.#cpu]) rmdirSync(group);
  }
}
