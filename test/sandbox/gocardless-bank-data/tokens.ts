import { randomBytes } from 'node:crypto';

import type { Clock } from '../../../src/platform/clock';
import { type Asked, ok, refuse, type Reply } from './reply';

const ACCESS_SECONDS = 86_400;
const REFRESH_SECONDS = 2_592_000;

/** Issues tokens against the secret, and knows them until they end; a restart forgets them all. */
export class Tokens {
  private readonly access = new Map<string, number>();
  private readonly refresh = new Map<string, number>();

  constructor(
    private readonly secretId: string,
    private readonly secretKey: string,
    private readonly clock: Clock,
  ) {}

  /** POST /token/new/ */
  readonly issue = ({ body }: Asked): Reply => {
    if (body['secret_id'] !== this.secretId || body['secret_key'] !== this.secretKey) {
      throw refuse(401, 'Authentication failed', 'No active account found with the given credentials');
    }
    const refresh = this.kept(this.refresh, REFRESH_SECONDS);
    return ok({ ...this.newAccess(), refresh, refresh_expires: REFRESH_SECONDS });
  };

  /** POST /token/refresh/ */
  readonly renew = ({ body }: Asked): Reply => {
    if (!this.isGood(this.refresh, String(body['refresh']))) throw invalidToken();
    return ok(this.newAccess());
  };

  /** Throws the 401 of a request that carries no valid access token. */
  check({ headers }: Asked): void {
    const [, token = ''] = /^Bearer (.+)$/.exec(String(headers['authorization'])) ?? [];
    if (!this.isGood(this.access, token)) throw invalidToken();
  }

  private newAccess() {
    return { access: this.kept(this.access, ACCESS_SECONDS), access_expires: ACCESS_SECONDS };
  }

  private kept(tokens: Map<string, number>, seconds: number): string {
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, this.clock.now().getTime() + seconds * 1000);
    return token;
  }

  private isGood(tokens: ReadonlyMap<string, number>, token: string): boolean {
    return (tokens.get(token) ?? 0) > this.clock.now().getTime();
  }
}

const invalidToken = () => refuse(401, 'Invalid token', 'Token is invalid or expired');
