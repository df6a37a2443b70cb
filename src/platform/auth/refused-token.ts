import { PayymoError } from '../errors';

/** An access token that opens nothing. It says no more than that, or that it expired: `cause` is for us. */
export class RefusedToken extends PayymoError {
  constructor(
    readonly expired: boolean,
    cause?: unknown,
  ) {
    super('UNAUTHENTICATED', expired ? 'The access token has expired: sign in again' : 'The access token is not valid', { cause });
  }
}
