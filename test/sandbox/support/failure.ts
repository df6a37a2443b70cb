import { ProviderError } from '../../../src/platform/http/provider-error';

/** The ProviderError that a call to an outside system ends in; throws when it succeeds or ends in anything else. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error('Expected a ProviderError', { cause: error });
}
