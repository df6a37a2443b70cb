import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { storedWorld } from './stored-world';

describe('the stored world', () => {
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('is the same after a restart on a later day, for its owner only [BNK-006]', () => {
    const folder = join(newFolder(), 'state');

    const first = storedWorld(folder, '2026-07-20');
    const second = storedWorld(folder, '2026-09-01');

    expect(second).toEqual(first);
    expect(statSync(join(folder, 'world.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('has credentials of its own in every folder, though the people are the same [BNK-006]', () => {
    const [one, other] = [storedWorld(newFolder(), '2026-07-20'), storedWorld(newFolder(), '2026-07-20')];
    const secrets = [...one.businesses, ...other.businesses].flatMap(({ whmcs }) => [whmcs.identifier, whmcs.secret]);

    expect(new Set(secrets).size).toBe(8);
    expect(secrets.filter(secret => !/^[0-9a-f]{32}$/.test(secret))).toEqual([]);
    expect(other.businesses.map(({ accounts }) => accounts)).toEqual(one.businesses.map(({ accounts }) => accounts));
  });

  it.each(['{"businesses":', '{"businesses":[{"slug":"northwind"}]}'])(
    'refuses a file that holds %s and leaves it as it is [BNK-006]',
    content => {
      const folder = newFolder();
      const path = join(folder, 'world.json');
      writeFileSync(path, content);

      expect(() => storedWorld(folder, '2026-07-20')).toThrow(`${path} does not hold a sandbox world`);
      expect(readFileSync(path, 'utf8')).toBe(content);
    },
  );
});

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'payymo-world-'));
  folders.push(folder);
  return folder;
}
