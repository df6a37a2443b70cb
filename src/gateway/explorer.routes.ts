import fastifyStatic from '@fastify/static';
import { getDistDirectory, renderAltair, renderInitSnippet, type RenderOptions } from 'altair-static';

import type { Routes } from '../platform/http/server';

const FIRST_QUERY = `# Sign in, then give the accessToken to the Auth tab as a bearer token.
mutation SignIn {
  signIn(input: { email: "…", password: "…" }) {
    accessToken
    expiresAt
    # Demanded of who has one: meet it with verifySecondFactor.
    secondFactor { challenge demand methods }
  }
}
`;

const OPTIONS: RenderOptions = {
  endpointURL: '/graphql',
  baseURL: '/explorer/',
  initialQuery: FIRST_QUERY,
  serveInitialOptionsInSeperateRequest: 'init.js',
  // Nothing that speaks to Altair's own servers.
  disableAccount: true,
  initialSettings: { disablePushNotification: true, 'alert.disableUpdateNotification': true },
};

/** Altair, with its own files alone: nothing is fetched from elsewhere, no inline script runs. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The explorer at /explorer/, for people who try the API.
 * @requirement API-006
 */
export const explorerRoutes: Routes = async server => {
  server.addHook('onSend', (_request, reply, _payload, done) => {
    void reply.header('content-security-policy', POLICY);
    done();
  });
  await server.register(fastifyStatic, { root: getDistDirectory(), prefix: '/explorer/', index: false });
  server.get('/explorer', (_request, reply) => reply.redirect('/explorer/'));
  server.get('/explorer/', (_request, reply) => reply.type('text/html').send(renderAltair(OPTIONS)));
  server.get('/explorer/init.js', (_request, reply) => reply.type('text/javascript').send(renderInitSnippet(OPTIONS)));
};
