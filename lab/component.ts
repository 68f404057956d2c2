import type { ModuleSpec } from './binaries/module.ts';
import type { Program } from './binaries/programs.ts';
import type { PortName, Ports } from './ports.ts';
import type { Report } from './report.ts';

/** A lab as anyone may look at it, up or not. */
export interface LabView {
  readonly dir: string;
  readonly ports: Ports;
  readonly kubeconfig: string;
  readonly server: string;
  readonly caFile: string;
  /** A path below `dir`. */
  readonly path: (...parts: string[]) => string;
}

/** A lab while it is brought up: what its components need to know of it. */
export interface Lab extends LabView {
  readonly report: Report;
  readonly program: (program: Program) => string;
  readonly kubectl: string;
  /** A file that came with the programs of a module. */
  readonly file: (module: ModuleSpec, ...parts: string[]) => string;
  /** A PATH with the usual tools, and git where the user has it elsewhere. */
  readonly toolPath: string;
  /** What to do when the program at this path does not run. */
  readonly cureOf: (path: string) => string;
}

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Beside PATH and HOME: nothing else of the user's environment reaches a component. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One process of the lab. */
export interface Component {
  readonly name: string;
  readonly ports: readonly PortName[];
  /** Components that must be ready before this one starts, and that outlive it. */
  readonly needs: readonly string[];
  command(lab: Lab): Command;
  /** Makes the files and API objects it needs, before it starts. Safe to repeat. */
  prepare?(lab: Lab): Promise<void>;
  /** Whether it does its work now. */
  ready(lab: LabView): Promise<boolean>;
}
