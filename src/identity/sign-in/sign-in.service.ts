import type { Clock } from '../../platform/clock';
import type { Database } from '../../platform/database/database';
import { newId } from '../../platform/database/ids';
import { Scope } from '../../platform/database/scope';
import { badInput, unauthenticated } from '../../platform/errors';
import { jobPrincipal } from '../../platform/auth/principal';
import type { AccessTokens, IssuedToken } from '../tokens/access-tokens';
import { checkNothing, MAX_PASSWORD_LENGTH, passwordFits } from '../passwords/password';
import { permissionsOf } from '../roles/permissions';
import { User } from '../users/user.model';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Slug; needed only when the same e-mail address and password open several tenants. */
  readonly tenant?: string | undefined;
}

interface Candidate {
  readonly tenant_id: string;
  readonly user_id: string;
}

/**
 * Turns an e-mail address and a password into an access token.
 * @requirement SEC-021
 */
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
  ) {}

  /** @throws UNAUTHENTICATED without telling which part is wrong; BAD_USER_INPUT when the tenant must be named. */
  async signIn({ email, password, tenant }: Credentials, requestId: string): Promise<IssuedToken> {
    const candidates = password.length > MAX_PASSWORD_LENGTH ? [] : await this.#candidates(email, tenant);
    const users = (await Promise.all(candidates.map(candidate => this.#verified(candidate, password, requestId)))).filter(
      user => user !== null,
    );
    if (candidates.length === 0) await checkNothing(password.slice(0, MAX_PASSWORD_LENGTH));
    const [user, another] = users;
    if (!user) throw unauthenticated('E-mail address or password is wrong');
    if (another) throw badInput('tenant', 'These credentials open several tenants: say which one');
    return this.tokens.issue({
      tenantId: user.tenantId,
      userId: user.id,
      clientId: null,
      scopes: permissionsOf[user.role],
      session: { id: newId(), version: 1 },
      authenticatedAt: this.clock.now(),
      methods: ['pwd'],
      confirmation: null,
    });
  }

  #candidates(email: string, tenant: string | undefined): Promise<Candidate[]> {
    return this.database.callUntenanted<Candidate>('select tenant_id, user_id from payymo.sign_in_candidates($1, $2)', [
      email.trim().toLowerCase(),
      tenant ?? null,
    ]);
  }

  async #verified({ tenant_id: tenantId, user_id: id }: Candidate, password: string, requestId: string): Promise<User | null> {
    const scope = new Scope(this.database, jobPrincipal(tenantId, 'sign-in'), requestId);
    const user = await scope.change(transaction => User.findOne({ where: { id, disabledAt: null }, transaction }));
    if (!user || !(await passwordFits(user.passwordHash, password))) return null;
    await scope.change(transaction => user.update({ lastSignedInAt: this.clock.now() }, { transaction }));
    return user;
  }
}
