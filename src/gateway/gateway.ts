import type { IncomingMessage, ServerResponse } from 'node:http';
import { DataPlane } from './data-plane.ts';
import { limits } from './limits.ts';
import { PlaneMemory } from './plane-memory.ts';
import type { Gateway, GatewayConfig, GatewayDeps } from './ports.ts';

/** Builds the data plane; nothing is opened until the first request. */
export function createGateway(deps: GatewayDeps): Gateway {
  return new ConfiguredGateway(deps);
}

/** A data plane that another takes over from when the configuration changes. */
class ConfiguredGateway implements Gateway {
  readonly #deps: GatewayDeps;
  readonly #memory: PlaneMemory;
  readonly #keeping: NodeJS.Timeout;
  readonly #retired = new Set<DataPlane>();
  #plane: DataPlane;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    this.#memory = new PlaneMemory(deps.learning);
    this.#plane = new DataPlane(deps, this.#memory);
    this.#keeping = setInterval(() => this.#memory.keepLearning(), limits.keepLearningMs);
    this.#keeping.unref();
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    this.#plane.handle(req, res);
  }

  configure(changed: GatewayConfig): void {
    const plane = new DataPlane({ ...this.#deps, ...changed }, this.#memory);
    const retired = this.#plane;
    this.#plane = plane;
    this.#retired.add(retired);
    // Its calls are bounded by its own timeouts, and there are no more of them than may be in flight.
    void retired.retire().finally(() => this.#retired.delete(retired));
  }

  async close(drainMs: number): Promise<void> {
    await Promise.all([...this.#retired, this.#plane].map((plane) => plane.close(drainMs)));
    clearInterval(this.#keeping);
    this.#memory.keepLearning();
  }

  stats() {
    const { counters, controlCounters } = this.#memory;
    return { ...counters.snapshot(), controls: controlCounters.snapshot() };
  }
}
