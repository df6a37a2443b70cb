import { once } from '../../../src/identity/passwords/once';

describe('what is made once', () => {
  it('is made at the first use alone, however many ask [SEC-021]', async () => {
    let makings = 0;
    const list = once(() => Promise.resolve((makings += 1)));

    expect([...(await Promise.all([list(), list()])), await list()]).toEqual([1, 1, 1]);
  });

  it('is made anew after a failure, which is not kept [SEC-021]', async () => {
    const results = [Promise.reject(new Error('busy')), Promise.resolve('made')];
    const list = once(() => results.shift() ?? Promise.reject(new Error('asked too often')));

    await expect(list()).rejects.toThrow('busy');
    await expect(list()).resolves.toBe('made');
    await expect(list()).resolves.toBe('made');
  });
});
