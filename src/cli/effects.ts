import type { Clock, IdSource, Random } from '../base/index.ts';
import type { Environment } from '../config/index.ts';
import type { Instance, InstanceOptions } from '../processes/index.ts';

/** Where text goes. `columns` is the width of the terminal, absent when there is none. */
interface TextSink {
  write(text: string): void;
  readonly columns?: number | undefined;
  readonly isTTY?: boolean | undefined;
}

/** Everything a command does to the world; tests hand in their own. */
export interface Effects {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly version: string;
  readonly nodeVersion: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly fetch: typeof fetch;
  /** @throws the platform's error when it cannot be read */
  readText(path: string): Promise<string>;
  /** Replaces the file's content whole or not at all. @throws the platform's error */
  writeText(path: string, text: string): Promise<void>;
  /** A file that ships with the product, to start from. */
  readPattern(name: string): Promise<string>;
  /** A file as git has it at a commit, branch or tag. @throws BurnrateError CONFIG_UNREADABLE */
  readCommitted(ref: string, path: string): Promise<string>;
  exists(path: string): boolean;
  /** Whether the folder can be made and written to. */
  canWriteFolder(path: string): Promise<boolean>;
  /** Starts everything in processes of their own; main.ts adds the engines and its own path. */
  startInstance(
    options: Pick<InstanceOptions, 'config' | 'readConfig' | 'simulated' | 'adminToken'>,
  ): Promise<Instance>;
  /** Tries each embedded engine; the message says what is wrong with one that does not load. */
  checkEngines(): Promise<readonly { readonly name: string; readonly ok: boolean; readonly message: string }[]>;
  /** Has `listener` called when the system asks to read the configuration anew (SIGHUP, where no terminal hangs up). */
  onReload(listener: () => void): void;
  /** Ends commands that run until they are told to stop. */
  readonly stop: AbortSignal;
}
