import { setImmediate as turn } from 'node:timers/promises';

import { currentContext, inContext, type OperationContext } from '../../src/platform/context/tenant-context';

const northwind: OperationContext = { requestId: 'r-1', tenantId: 'northwind', operation: 'sync' };
const aurora: OperationContext = { requestId: 'r-2', tenantId: 'aurora' };

describe('the tenant context', () => {
  it('is there for the work, through its asynchronous steps, and nowhere else [ARC-003]', async () => {
    const seen = inContext(northwind, async () => {
      await turn();
      return currentContext();
    });

    expect(currentContext()).toBeUndefined();
    expect(await seen).toEqual(northwind);
    expect(currentContext()).toBeUndefined();
  });

  it('nests, and the outer one is back after a return [ARC-003]', async () => {
    await inContext(northwind, async () => {
      expect(await inContext(aurora, async () => { await turn(); return currentContext(); })).toEqual(aurora);
      expect(currentContext()).toEqual(northwind);
    });
  }); // prettier-ignore

  it('does not inherit what the inner one leaves out [ARC-003]', () => {
    inContext(northwind, () => {
      expect(inContext({ requestId: 'r-3' }, currentContext)).toEqual({ requestId: 'r-3' });
    });
  });

  it('is back after a throw [ARC-003]', () => {
    inContext(northwind, () => {
      expect(() => inContext(aurora, () => { throw new Error('no'); })).toThrow('no');
      expect(currentContext()).toEqual(northwind);
    });
    expect(currentContext()).toBeUndefined();
  }); // prettier-ignore

  it('is back after a rejection [ARC-003]', async () => {
    await inContext(northwind, async () => {
      await expect(inContext(aurora, async () => { await turn(); throw new Error('no'); })).rejects.toThrow('no');
      expect(currentContext()).toEqual(northwind);
    });
    expect(currentContext()).toBeUndefined();
  }); // prettier-ignore

  it('never mixes operations that run at the same time [ARC-003]', async () => {
    const operation = (tenantId: string) =>
      inContext({ requestId: `of-${tenantId}`, tenantId }, async () => {
        const seen = new Set<string | undefined>();
        for (let step = 0; step < 20; step += 1) {
          await (step % 3 === 0 ? new Promise(resolve => setTimeout(resolve, Math.random() * 2)) : turn());
          seen.add(currentContext()?.tenantId);
        }
        return [...seen];
      });
    const tenants = Array.from({ length: 50 }, (_, at) => `tenant-${at}`);

    expect(await Promise.all(tenants.map(operation))).toEqual(tenants.map(tenant => [tenant]));
  });

  it('cannot be changed by the work, nor by whoever gave it [ARC-003]', () => {
    const given = { requestId: 'r-4', tenantId: 'northwind' };

    inContext(given, () => {
      given.tenantId = 'aurora';
      expect(currentContext()?.tenantId).toBe('northwind');
      expect(Object.isFrozen(currentContext())).toBe(true);
    });
  });

  it('tells of a tenant only when it changes [ARC-003]', () => {
    const told: (string | undefined)[] = [];
    const note = ({ tenantId }: OperationContext) => void told.push(tenantId);
    const nothing = () => undefined;

    inContext(northwind, () => {
      inContext({ ...northwind, operation: 'reconcile' }, nothing, note);
      inContext({ requestId: 'r-5' }, nothing, note);
      inContext(aurora, () => { inContext(northwind, nothing, note); }, note);
    }, note);

    expect(told).toEqual(['northwind', 'aurora', 'northwind']);
  }); // prettier-ignore
});
