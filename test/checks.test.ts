import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..');
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

describe('the checks', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'payymo-checks-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('find every begun requirement in code and in tests, and no id that does not exist [ENG-001]', () => {
    const { status, stderr } = node('--import', 'tsx', 'scripts/check-requirements.ts');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('fail for a begun requirement without code or test, and for an unknown status [ENG-001]', () => {
    const file = path.join(folder, 'requirements.yml');
    const own = readFileSync(path.join(root, 'docs/requirements.yml'), 'utf8');
    writeFileSync(file, own.replace(/(id: REC-010, .*?status: )planned/, '$1built').replace(/(id: REC-007, .*?status: )built/, '$1done'));
    const { status, stderr } = node('--import', 'tsx', 'scripts/check-requirements.ts', file);
    expect(status).toBe(1);
    expect(stderr).toContain('REC-010 is built, but no code carries it');
    expect(stderr).toContain('REC-007 has an unknown status');
  });

  it('accept the licences of all packages, and refuse one under Elastic-2.0 or without any [ENG-003]', () => {
    expect(node('scripts/check-licences.mjs').status).toBe(0);
    const lockFile = path.join(folder, 'package-lock.json');
    const packages = { '': {}, 'node_modules/a': { license: 'MIT' }, 'node_modules/b': { license: 'Elastic-2.0' }, 'node_modules/c': {} };
    writeFileSync(lockFile, JSON.stringify({ packages }));
    const { status, stderr } = node('scripts/check-licences.mjs', lockFile);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual(['node_modules/b: Elastic-2.0', 'node_modules/c: none named']);
  });

  it('find the typed operations as codegen.yml makes them of the schema [API-005]', () => {
    const { status, stdout } = node('--import', 'tsx', 'scripts/codegen.ts', '--check');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'Generated code is up to date.\n' });
  });

  it('keep download addresses out of the lock file [ENG-003]', () => {
    expect(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/);
  });
});
