import { Invitations } from '../../../src/identity/invitations/invitations.service';
import { PasswordResets } from '../../../src/identity/password-reset/password-reset.service';
import { Plans } from '../../../src/identity/plans/plans.service';
import { createLogger } from '../../../src/platform/logging/logger';
import { NoMailer } from '../../../src/platform/mail/mailers';
import { startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness } from '../../support/business';

let app: TestApp;
let tenant: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness()]);
  tenant = app.tenant('northwind');
});
afterAll(() => app.close());

const jobs = () => app.db.query('select from graphile_worker._private_jobs');

describe('without a mail server, production', () => {
  it('invites nobody and says what is missing [SEC-010]', async () => {
    const invitations = new Invitations(new NoMailer(), new Plans(app.clock), app.clock);
    const invitee = { email: 'new@people.example', name: 'New', role: 'VIEWER', customRoleId: null } as const;

    expect(() => invitations.invite(tenant.scope(), invitee)).toThrow('no mail server is set up');
    expect(() => invitations.resend(tenant.scope(), tenant.uuid)).toThrow('no mail server is set up');
    expect(await app.db.query('select from invitations')).toEqual([]);
    expect(await jobs()).toEqual([]);
  });

  it('drops password resets with a warning that names nobody, and answers as ever [SEC-021]', async () => {
    const logged: string[] = [];
    const log = createLogger({
      level: 'trace',
      environment: 'test',
      service: 'test',
      format: 'json',
      destination: { write: line => void logged.push(line) },
    });
    const throttle = { take: () => Promise.resolve(), forget: () => Promise.resolve() };
    const sessions = { endAllOf: () => Promise.resolve() };
    const resets = new PasswordResets({ database: app.database, sessions, mailer: new NoMailer(), throttle, clock: app.clock, log });

    await expect(resets.request(tenant.scope(), `owner@${tenant.slug}.example`)).resolves.toBeUndefined();

    expect(logged.map(line => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'warn', msg: expect.stringContaining('PAYYMO_SMTP_URL') as string },
    ]);
    expect(logged.join()).not.toContain('owner@');
    expect(await jobs()).toEqual([]);
  });
});
