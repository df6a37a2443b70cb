import { createHash } from 'node:crypto';

import { z } from 'zod';

import { jobPrincipal } from '../../platform/auth/principal';
import type { Database } from '../../platform/database/database';
import { Scope } from '../../platform/database/scope';
import { type Job, job, type JobInput, type JobSpec } from '../../platform/jobs/job';
import { enqueueMail } from '../mails/user-mail';
import { sendPasswordReset } from './reset-mail.job';

interface FindAccountsInput extends JobInput {
  readonly email: string;
  /** Slug, where only this one is meant. */
  readonly slug: string | null;
}

/** Belongs to no tenant: which ones know the address is what it finds out. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/**
 * Finds whose address it is, away from the request: that one does the same for every address, and cannot tell by its time which are
 * known.
 */
export const findAccounts: JobSpec<FindAccountsInput> = {
  name: 'identity.find-accounts',
  input: z.object({ tenantId: z.literal(NO_TENANT), email: z.string().max(254), slug: z.string().max(63).nullable() }),
  attempts: 1,
};

interface Account {
  readonly tenant_id: string;
  readonly user_id: string;
}

/** Safe to repeat: a mail that waits already is replaced. */
export const findAccountsJob = (database: Database): Job =>
  job(findAccounts, async ({ email, slug }) => {
    const accounts = await database.callUntenanted<Account>('select tenant_id, user_id from payymo.sign_in_candidates($1, $2)', [
      email,
      slug,
    ]);
    for (const { tenant_id: tenantId, user_id: userId } of accounts) {
      const scope = new Scope(database, jobPrincipal(tenantId, findAccounts.name), findAccounts.name);
      await scope.changeAccess(transaction => enqueueMail(transaction, sendPasswordReset, { tenantId, userId, attempt: 1 }));
    }
  });

/** One look-up waits for an address and tenant; the key gives neither away. */
export const lookUpKey = (email: string, slug: string | null): string =>
  `${findAccounts.name}:${createHash('sha256')
    .update(JSON.stringify([email, slug]))
    .digest('base64url')}`;
