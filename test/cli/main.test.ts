import { payymo } from './support/payymo';

describe('payymo', () => {
  it('teaches its commands with --help [ARC-008]', async () => {
    const { code, stdout } = await payymo(['--help']);

    expect(code).toBe(0);
    for (const command of ['demo', 'serve', 'worker', 'migrate', 'schema', 'token', 'walkthrough']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} .*\\w`, 'm'));
    }
  });

  it('refuses a command that it does not know, and shows those that there are [ARC-008]', async () => {
    const { code, stdout, stderr } = await payymo(['dance']);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("unknown command 'dance'");
    expect(stderr).toContain('Usage: payymo');
  });

  it('refuses a port that is none, before anything is started [ARC-008]', async () => {
    const { code, stderr } = await payymo(['demo', '--port', '65536']);

    expect(code).toBe(1);
    expect(stderr).toContain('A port is a number from 0 to 65535.');
  });

  it.each(['serve', 'worker'])('names all that the environment of %s lacks in one message [ARC-008]', async command => {
    const { code, stdout, stderr } = await payymo([command], { PAYYMO_PORT: 'high' });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n').map(line => line.replace(/: .*/, ''))).toEqual([
      'The environment is not right:',
      '  - PAYYMO_PORT',
      '  - DATABASE_URL',
      '  - PAYYMO_SIGNING_KEY',
      '  - PAYYMO_ENCRYPTION_KEY',
      '  - GOCARDLESS_BANK_DATA_SECRET_ID',
      '  - GOCARDLESS_BANK_DATA_SECRET_KEY',
      '',
    ]);
  });

  it('migrates as the owner of the database only, and says so in one line [ARC-008]', async () => {
    const { code, stderr } = await payymo(['migrate', 'up'], { DATABASE_URL: 'postgres://app@127.0.0.1:1/payymo' });

    expect(code).toBe(1);
    expect(stderr).toBe('DATABASE_OWNER_URL is missing or no postgres:// URL: migrations run as the owner of the database\n');
  });

  it('says in one line that it cannot reach the database, without its password [ARC-008]', async () => {
    const { code, stderr } = await payymo(['migrate', 'status'], { DATABASE_OWNER_URL: 'postgres://owner:hush@127.0.0.1:1/payymo' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^Cannot migrate the database: .*ECONNREFUSED 127\.0\.0\.1:1\n$/);
    expect(stderr).not.toContain('hush');
  });
});
