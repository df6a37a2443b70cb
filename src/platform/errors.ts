/** Every code that a caller can meet in `extensions.code`, with what it means and what to do about it. */
export const errorCatalogue = {
  UNAUTHENTICATED: 'No valid access token came with the request. Sign in and send it as `Authorization: Bearer <token>`.',
  FORBIDDEN:
    'The token is valid but lacks what `extensions.scope` names and the field or filter `extensions.coordinate` needs. Ask an owner or admin for a role that has it.',
  STEP_UP_REQUIRED:
    'What `extensions.coordinate` names needs a second factor that was given at most `extensions.maxAgeSeconds` ago. Call stepUp and try again with its token.',
  TENANT_SUSPENDED: 'The tenant is suspended: it can be read, not changed. Ask the operator of Payymo.',
  PLAN_LIMIT_REACHED: 'The plan of the tenant allows no more of this. `extensions.limit` names it; see tenant.plan.',
  PLAN_EXPIRED: 'The plan of the tenant has run out: it can be read, not changed. Renew it.',
  NOT_FOUND: 'No such object exists in your tenant. Check the id.',
  BAD_USER_INPUT: 'An argument is malformed or out of range. `extensions.field` names it.',
  CONFLICT: 'The object is no longer in the state that the operation needs. Read it again and decide anew.',
  REFERENCE_UNKNOWN: 'The connection reference was never issued to you. Start a new connection.',
  REFERENCE_USED: 'The connection reference was used before. Each one completes once; look at the connection that it made.',
  REFERENCE_EXPIRED: 'The consent took too long. Start a new connection.',
  PROVIDER_REJECTED: 'The bank provider or billing system refused the request. The message says what it said.',
  PROVIDER_UNAVAILABLE: 'The bank provider or billing system did not answer properly. Try again later.',
  RATE_LIMITED: 'Too many requests. Wait `extensions.retryAfterSeconds` and try again.',
  NOT_CONFIGURED: 'The tenant has not set up what the operation needs. The message says what.',
  UNAVAILABLE: 'What the answer depends on cannot be reached at the moment; nothing was done. Try again.',
  INTERNAL: 'Something failed that is ours to mend. Quote `extensions.requestId`.',
} as const;

/** Codes of documents and requests that are no proper GraphQL; Apollo Server gives them. */
export const requestErrorCatalogue = {
  GRAPHQL_PARSE_FAILED: 'The document is no GraphQL. The message says where.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema, or asks for too much at once. The message says what.',
  OPERATION_RESOLUTION_FAILURE: 'The document holds no operation of that name, or several and none is named.',
  BAD_REQUEST: 'The request is no GraphQL over HTTP: check method, headers and body.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'Persisted queries are switched off: send the document.',
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** Facts for machines that go into `extensions` beside the code; never a value of another tenant. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

interface Options extends ErrorOptions {
  readonly details?: ErrorDetails;
}

/** A failure that the caller may see. Anything else that is thrown leaves the server as INTERNAL. */
export class PayymoError extends Error {
  override readonly name: string = 'PayymoError';
  readonly details: ErrorDetails;

  /** `message` is shown to the caller; what only we may read belongs into `cause`. */
  constructor(
    readonly code: ErrorCode,
    message: string,
    { details = {}, ...options }: Options = {},
  ) {
    super(message, options);
    this.details = details;
  }
}

/** The tenant is closed for good. To a caller that is no different from a token that is worth nothing. */
export class TenantClosed extends PayymoError {
  constructor() {
    super('UNAUTHENTICATED', 'Sign in first');
  }
}

export const unauthenticated = (message = 'Sign in first') => new PayymoError('UNAUTHENTICATED', message);
export const forbidden = (scope: string) => new PayymoError('FORBIDDEN', `This needs the scope ${scope}`, { details: { scope } });
export const notFound = (what: string, id: string) => new PayymoError('NOT_FOUND', `${what} ${id} does not exist`);
export const badInput = (field: string, message: string) => new PayymoError('BAD_USER_INPUT', message, { details: { field } });
export const conflict = (message: string) => new PayymoError('CONFLICT', message);
export const unavailable = (message: string, cause?: unknown) => new PayymoError('UNAVAILABLE', message, { cause });
