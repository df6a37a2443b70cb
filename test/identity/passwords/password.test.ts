import { checkNothing, hashPassword, passwordFits } from '../../../src/identity/passwords/password';
import { PASSWORD, settings } from '../../support/settings';

describe('a check of nothing', () => {
  it('is done again once there is room, also when its first time came in a burst [SEC-021]', async () => {
    // More than may run and wait.
    const burst = Array.from({ length: 120 }, () => hashPassword(PASSWORD));

    await expect(checkNothing(PASSWORD)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await Promise.allSettled(burst);

    await expect(checkNothing(PASSWORD)).resolves.toBeUndefined();
  });

  it('takes about as long as the check of a password [SEC-021]', async () => {
    const medianMs = async (check: () => Promise<unknown>) => {
      const times: number[] = [];
      for (let round = 0; round < 9; round += 1) {
        const began = performance.now();
        await check();
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b)[4] ?? 0;
    };

    const ratio = (await medianMs(() => checkNothing(PASSWORD))) / (await medianMs(() => passwordFits(settings().passwordHash, PASSWORD)));

    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});
