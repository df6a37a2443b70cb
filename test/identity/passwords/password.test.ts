import { hashPassword, passwordFits } from '../../../src/identity/passwords/password';
import { PASSWORD, settings } from '../../support/settings';

describe('a check of nothing', () => {
  it('is done again once there is room, also when its first time came in a burst [SEC-021]', async () => {
    // More than may run and wait.
    const burst = Array.from({ length: 120 }, () => hashPassword(PASSWORD));

    await expect(passwordFits(null, PASSWORD)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await Promise.allSettled(burst);

    await expect(passwordFits(null, PASSWORD)).resolves.toBe(false);
  });

  it('takes about as long as the check of a password [SEC-021]', async () => {
    const times = { ofNothing: [] as number[], ofPassword: [] as number[] };
    const timed = async (list: number[], passwordHash: string | null) => {
      const began = performance.now();
      await passwordFits(passwordHash, PASSWORD);
      list.push(performance.now() - began);
    };
    for (let round = 0; round < 15; round += 1) {
      await timed(times.ofNothing, null);
      await timed(times.ofPassword, settings().passwordHash);
    }

    // The shortest is the one that nothing else on the machine held up.
    const ratio = Math.min(...times.ofNothing) / Math.min(...times.ofPassword);

    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
