import { send } from '../graphql-client';
import type { Narrator } from './narrator';

/** A signed-in client of the API. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly narrator: Narrator,
  ) {}

  /** The data of an operation. @throws WalkthroughError with the first error of the answer. */
  async ask<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const { data, errors } = await send<Data>(this.url, { query, variables, token: this.token });
    const [error] = errors ?? [];
    if (error || !data) throw this.narrator.failure('data', `came ${error?.extensions?.code ?? 'nothing'}: ${error?.message ?? ''}`);
    return data;
  }

  /** The code of the error that an operation must end with. @throws WalkthroughError when it succeeds. */
  async refusal(query: string, variables: Readonly<Record<string, unknown>>): Promise<{ readonly code: string; readonly message: string }> {
    const { errors } = await send(this.url, { query, variables, token: this.token });
    const [error] = errors ?? [];
    if (!error) throw this.narrator.failure('a refusal', 'it was done');
    return { code: error.extensions?.code ?? 'no code', message: error.message };
  }
}
