export interface DemoConfigOptions {
  /** Origin of the provider emulator, like `http://127.0.0.1:4701`. */
  readonly emulatorUrl: string;
  readonly listen?: string;
  readonly data?: string;
}

/** The `burnrate.yaml` that `burnrate demo` runs on, as text. */
export function demoConfigYaml(options: DemoConfigOptions): string {
  return `version: 1\nlisten: ${options.listen ?? '127.0.0.1:4700'}\ndata: ${options.data ?? './burnrate-data'}\n`;
}
