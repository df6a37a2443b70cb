import { Bounded } from '../../../src/identity/passwords/bounded';

describe('bounded work', () => {
  it('never runs more at once than it may, and all that waits in turn [SEC-021]', async () => {
    const bounded = new Bounded(3, 100);
    const order: number[] = [];
    let [running, most] = [0, 0];

    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        bounded.run(async () => {
          order.push(at);
          most = Math.max(most, (running += 1));
          await new Promise(resolve => setTimeout(resolve, at % 3));
          running -= 1;
        }),
      ),
    );

    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  it('refuses what would wait behind too many, and takes more once there is room [SEC-021]', async () => {
    const bounded = new Bounded(1, 2);
    const held: (() => void)[] = [];
    const hold = () => new Promise<void>(resolve => held.push(resolve));
    const taken = [1, 2, 3].map(at => bounded.run(() => (at === 1 ? hold() : Promise.resolve())));

    await expect(bounded.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    held.forEach(release => {
      release();
    });
    await Promise.all(taken);
    await expect(bounded.run(() => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('goes on after work that failed [SEC-021]', async () => {
    const bounded = new Bounded(1, 5);

    const results = await Promise.allSettled([
      bounded.run(() => Promise.reject(new Error('failed'))),
      bounded.run(() => Promise.resolve(2)),
    ]);

    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 2 }]);
    await expect(bounded.run(() => Promise.resolve(3))).resolves.toBe(3);
  });
});
