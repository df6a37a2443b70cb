import type { FastifyInstance } from 'fastify';

import { asStartupError } from '../process/startup-error';
import type { Service } from '../services/service';

/** Listens while it runs; on stop it lets requests under way finish. */
export class HttpListener implements Service {
  readonly name = 'http';

  constructor(
    private readonly server: FastifyInstance,
    private readonly address: { readonly host: string; readonly port: number },
    readonly dependsOn: readonly string[],
  ) {}

  /** @throws StartupError for a port that is taken. */
  async start(): Promise<void> {
    try {
      await this.server.listen({ ...this.address });
    } catch (error) {
      throw asStartupError(error, `listen on ${this.address.host}:${this.address.port} (PAYYMO_PORT)`);
    }
  }

  async stop(): Promise<void> {
    await this.server.close();
  }

  /** The port that was taken, for a configured port of 0. */
  get port(): number {
    const address = this.server.server.address();
    return typeof address === 'object' && address ? address.port : this.address.port;
  }
}
