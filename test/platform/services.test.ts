import { createLogger } from '../../src/platform/logging/logger';
import { ServiceRegistry } from '../../src/platform/services/registry';
import type { Service } from '../../src/platform/services/service';

describe('the service registry', () => {
  const events: string[] = [];
  const logged: { msg: string; stopping?: string }[] = [];
  const log = createLogger({
    level: 'error',
    environment: 'test',
    service: 'test',
    format: 'json',
    destination: { write: line => { logged.push(JSON.parse(line) as { msg: string }); } },
  }); // prettier-ignore
  const aService = (name: string, dependsOn: readonly string[] = [], difference: Partial<Service> = {}): Service => ({
    name,
    dependsOn,
    start: () => Promise.resolve(void events.push(`start ${name}`)),
    stop: () => Promise.resolve(void events.push(`stop ${name}`)),
    ...difference,
  });
  const registryOf = (...services: readonly Service[]) => {
    const registry = new ServiceRegistry(log);
    for (const service of services) registry.add(service);
    return registry;
  };
  beforeEach(() => {
    events.length = 0;
    logged.length = 0;
  });

  it('starts in the order of dependencies and stops in reverse [ARC-002]', async () => {
    const registry = registryOf(aService('http', ['gateway', 'database']), aService('gateway', ['database']), aService('database'));

    await registry.start();
    await registry.stop();

    expect(events).toEqual(['start database', 'start gateway', 'start http', 'stop http', 'stop gateway', 'stop database']);
  });

  it('waits for a dependency to be up [ARC-002]', async () => {
    const slow = aService('database', [], {
      start: async () => {
        await new Promise(resolve => setTimeout(resolve, 20));
        events.push('database is up');
      },
    });

    await registryOf(aService('http', ['database']), slow).start();

    expect(events).toEqual(['database is up', 'start http']);
  });

  it('names the circle of services that need each other, and starts none [ARC-002]', async () => {
    const registry = registryOf(aService('free'), aService('a', ['b']), aService('b', ['c']), aService('c', ['a']));

    await expect(registry.start()).rejects.toThrow('a -> b -> c -> a');
    expect(events).toEqual([]);
  });

  it('names a missing dependency and who needs it, and starts none [ARC-002]', async () => {
    await expect(registryOf(aService('free'), aService('http', ['database'])).start()).rejects.toThrow(
      'Service http depends on database, which is not registered',
    );
    expect(events).toEqual([]);
  });

  it('refuses a second service of the same name [ARC-002]', () => {
    expect(() => registryOf(aService('http'), aService('http'))).toThrow('Service http is registered twice');
  });

  it('stops what it had started when one fails to start, the half-started one too [ARC-001] [ARC-002]', async () => {
    const broken = aService('gateway', ['database'], { start: () => Promise.reject(new Error('no schema')) });

    await expect(registryOf(aService('database'), broken, aService('http', ['gateway'])).start()).rejects.toThrow('no schema');
    expect(events).toEqual(['start database', 'stop gateway', 'stop database']);
  });

  it.each<[string, () => Promise<void>]>([
    ['rejects', () => Promise.reject(new Error('stuck'))],
    ['throws', () => { throw new Error('stuck'); }],
  ])('logs a service whose stop %s and stops the others [ARC-002]', async (_how, stop) => {
    const registry = registryOf(aService('database'), aService('gateway', ['database'], { stop }), aService('http', ['gateway']));
    await registry.start();
    events.length = 0;

    await registry.stop();

    expect(events).toEqual(['stop http', 'stop database']);
    expect(logged).toMatchObject([{ msg: 'a service did not stop cleanly', stopping: 'gateway' }]);
  }); // prettier-ignore

  it('stops once, however often it is told [ARC-002]', async () => {
    const registry = registryOf(aService('database'));
    await registry.start();

    await registry.stop();
    await registry.stop();

    expect(events).toEqual(['start database', 'stop database']);
  });

  it('reports state, health, problem, start time and how long it took [ARC-001] [ARC-002]', async () => {
    const registry = registryOf(
      aService('database', [], { start: () => new Promise(resolve => setTimeout(resolve, 30)), health: () => Promise.resolve(undefined) }),
      aService('worker', [], { health: () => Promise.resolve('the queue is far behind') }),
      aService('bank', [], { health: () => Promise.reject(new Error('password is hunter2')) }),
    ); // prettier-ignore
    const before = Date.now();
    await registry.start();

    const [database, worker, bank] = await registry.report();

    expect(database).toEqual({ name: 'database', state: 'running', healthy: true, problem: null, startedAt: expect.any(Date) as Date, startMs: expect.any(Number) as number });
    expect(database?.startMs).toBeGreaterThanOrEqual(29);
    expect(database?.startedAt?.getTime()).toBeGreaterThanOrEqual(before);
    expect(worker).toMatchObject({ healthy: false, problem: 'the queue is far behind' });
    expect(bank).toMatchObject({ healthy: false, problem: 'its health check failed' });
  }); // prettier-ignore

  it('reports a service that is not up as unhealthy [ARC-002]', async () => {
    const registry = registryOf(aService('database', [], { health: () => Promise.resolve(undefined) }));
    const stopped = { state: 'stopped', healthy: false, problem: 'is stopped' };

    expect(await registry.report()).toMatchObject([{ ...stopped, startedAt: null, startMs: null }]);
    await registry.start();
    await registry.stop();
    expect(await registry.report()).toMatchObject([stopped]);
  });
});
