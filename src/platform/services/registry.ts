import type { Logger } from '../logging/logger';
import type { Service, ServiceReport, ServiceState } from './service';

interface Entry {
  readonly service: Service;
  state: ServiceState;
  startedAt: Date | null;
  startMs: number | null;
}

/**
 * Starts services in the order of their dependencies, stops them in reverse, and reports on each.
 * @requirement ARC-002
 */
export class ServiceRegistry {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly log: Logger) {}

  /** @throws Error for a name that is taken. */
  add<S extends Service>(service: S): S {
    if (this.#entries.has(service.name)) throw new Error(`Service ${service.name} is registered twice`);
    this.#entries.set(service.name, { service, state: 'stopped', startedAt: null, startMs: null });
    return service;
  }

  /** @throws Error when a service fails to start (those already started are stopped), for a cycle, or for a missing dependency. */
  async start(): Promise<void> {
    for (const entry of startOrder(this.#entries)) {
      try {
        await this.#startOne(entry);
      } catch (error) {
        entry.state = 'failed';
        await this.stop();
        throw error;
      }
    }
  }

  /** Stops what was started, last first. One that fails to stop is logged and does not keep the others up. */
  async stop(): Promise<void> {
    for (const entry of startOrder(this.#entries).reverse()) {
      if (entry.state === 'stopped') continue;
      await this.#stopOne(entry.service);
      entry.state = 'stopped';
    }
  }

  report(): Promise<ServiceReport[]> {
    return Promise.all([...this.#entries.values()].map(reportOn));
  }

  async #startOne(entry: Entry): Promise<void> {
    const began = performance.now();
    entry.state = 'starting';
    await entry.service.start();
    entry.state = 'running';
    entry.startedAt = new Date();
    entry.startMs = Math.round(performance.now() - began);
    this.log.debug({ started: entry.service.name, startMs: entry.startMs }, 'service started');
  }

  async #stopOne(service: Service): Promise<void> {
    try {
      await service.stop();
    } catch (err) {
      this.log.error({ err, stopping: service.name }, 'a service did not stop cleanly');
    }
  }
}

async function reportOn({ service, state, startedAt, startMs }: Entry): Promise<ServiceReport> {
  const problem = state === 'running' ? await problemOf(service) : `is ${state}`;
  return { name: service.name, state, healthy: problem === undefined, problem: problem ?? null, startedAt, startMs };
}

async function problemOf(service: Service): Promise<string | undefined> {
  try {
    return await service.health?.();
  } catch {
    return 'its health check failed';
  }
}

function startOrder(entries: ReadonlyMap<string, Entry>): Entry[] {
  const order: Entry[] = [];
  const path: string[] = [];
  const visit = (name: string, neededBy: string) => {
    const entry = entries.get(name);
    if (!entry) throw new Error(`Service ${neededBy} depends on ${name}, which is not registered`);
    if (order.includes(entry)) return;
    if (path.includes(name)) throw new Error(`Services depend on each other in a circle: ${[...path, name].join(' -> ')}`);
    path.push(name);
    for (const dependency of entry.service.dependsOn ?? []) visit(dependency, name);
    path.pop();
    order.push(entry);
  };
  for (const name of entries.keys()) visit(name, name);
  return order;
}
