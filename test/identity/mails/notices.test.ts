import { type Ask, startApp, type TestApp, type TestTenant } from '../../support/app';
import { aBusiness, anotherBusiness } from '../../support/business';
import { inOneSession, withPasskey } from '../../support/passkeys';
import { challengeFor, verify, withSecondFactor } from '../../support/second-factor';
import { PASSWORD } from '../../support/settings';

const CHANGE = 'mutation ($old: String!, $new: String!) { changePassword(input: { currentPassword: $old, newPassword: $new }) }';
const NEW = 'seven quiet lighthouses';

let app: TestApp;
let tenant: TestTenant;
beforeAll(async () => {
  app = await startApp([aBusiness(), anotherBusiness()]);
  tenant = app.tenant('northwind');
});
afterAll(() => app.close());
afterEach(async () => {
  app.smtp.heal();
  await mailed();
});

/** The first line of each mail that went out since it was asked last, and to whom. */
async function mailed(options?: { readonly hurry?: boolean }): Promise<[string | undefined, string | undefined][]> {
  await app.runJobs(options);
  return app.smtp.mails.splice(0).map(({ to, text }) => [to[0], text.split(/\r?\n/)[0]]);
}

/** A change, and the mail that it leaves. */
const CHANGES: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  ['a new password', 'Your password was changed. All your other sessions have ended.', () => changed(tenant.as('VIEWER'))],
  ['an authenticator app', 'An authenticator app was set up as your second factor.', () => withSecondFactor(app, tenant, 'VIEWER')],
  [
    'new recovery codes',
    'Your recovery codes were made anew: the earlier ones open nothing any more.',
    () => tenant.as('VIEWER')('mutation { renewRecoveryCodes }'),
  ],
  ['a passkey', 'A passkey was added as your second factor.', () => withPasskey(app, tenant, 'VIEWER')],
  [
    'a removed app',
    'Your authenticator app was removed: its codes open nothing any more.',
    () => tenant.as('VIEWER')('mutation { removeTotp { totp } }'),
  ],
  ['a removed passkey', 'A passkey of yours was removed: it opens nothing any more.', () => removePasskey()],
  ['a used recovery code', 'One of your recovery codes was used in the place of a second factor.', () => useRecoveryCode()],
  [
    'a reset by an administrator',
    'An administrator took away all your second factors. All sessions have ended.',
    () => tenant.as('ADMIN')('mutation ($id: ID!) { resetSecondFactor(userId: $id) { id } }', { id: tenant.userIds.VIEWER }),
  ],
];

const changed = (ask: Ask) => ask(CHANGE, { old: PASSWORD, new: NEW });

async function removePasskey(): Promise<unknown> {
  const ask = inOneSession(app, tenant, 'VIEWER');
  const { data } = await ask<{ me: { secondFactor: { passkeys: { id: string }[] } } }>('{ me { secondFactor { passkeys { id } } } }');
  return ask('mutation ($id: ID!) { removePasskey(id: $id) { totp } }', { id: data?.me.secondFactor.passkeys[0]?.id });
}

/** With the password that all begin with, and a factor of its own. */
async function useRecoveryCode(): Promise<unknown> {
  await app.db.query('update users set password_hash = (select password_hash from users where id = $1) where id = $2', [
    tenant.userUuids.OWNER,
    tenant.userUuids.VIEWER,
  ]);
  const { recoveryCodes } = await withSecondFactor(app, tenant, 'VIEWER');
  await mailed();
  return verify(app, { challenge: await challengeFor(app, tenant, 'VIEWER'), recoveryCode: recoveryCodes[0] });
}

describe('a mail tells the user', () => {
  it.each(CHANGES)('of %s, and nobody else [SEC-011] [SEC-021]', async (_what, sentence, change) => {
    await change();

    expect(await mailed()).toEqual([['viewer@northwind.example', sentence]]);
  });

  it('whose access where was changed, and what to do, and holds no secret [SEC-021]', async () => {
    const { recoveryCodes, secret } = await withSecondFactor(app, tenant, 'ACCOUNTANT');
    await app.runJobs();

    const { subject, text } = app.smtp.mails.at(-1) ?? { subject: '', text: '' };
    expect(subject).toBe('Your access to northwind Hosting on Payymo was changed');
    expect(text).toContain('accountant@northwind.example at northwind Hosting');
    expect(text).toContain('tell an administrator');
    for (const hidden of [secret, ...recoveryCodes]) expect(text).not.toContain(hidden);
  });

  it('nothing when nothing was changed [SEC-021]', async () => {
    await tenant.as('OWNER')(CHANGE, { old: 'not the password at all', new: NEW });
    await tenant.as('OWNER')('mutation { removeTotp { totp } }');
    await tenant.as('VIEWER')('mutation ($id: ID!) { resetSecondFactor(userId: $id) { id } }', { id: tenant.userIds.OWNER });
    await app.tenant('aurora').as('OWNER')('mutation ($id: ID!) { resetSecondFactor(userId: $id) { id } }', { id: tenant.userIds.OWNER });

    expect(await mailed()).toEqual([]);
  });

  it('later, when the mail server is down, and not at all one who was disabled meanwhile [SEC-021]', async () => {
    app.smtp.fail('GREETING', 'DROP', 1);
    await changed(tenant.as('INTEGRATION'));

    expect(await mailed()).toEqual([]);
    expect(await mailed({ hurry: true })).toHaveLength(1);

    await changed(tenant.as('ADMIN'));
    await app.db.query('update users set disabled_at = now() where id = $1', [tenant.userUuids.ADMIN]);
    expect(await mailed({ hurry: true })).toEqual([]);
  });
});
