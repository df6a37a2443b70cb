import type { Walk } from './walk';

export interface Connected {
  readonly connectionId: string;
  readonly syncRunId: string;
}

interface KnownConnection {
  readonly id: string;
  readonly institutionId: string;
}

/** Synchronises the connection that an earlier walk made, or connects the bank. */
export async function connectBank(walk: Walk, institution: { readonly id: string; readonly name: string }): Promise<Connected> {
  const { connections } = await walk.client.ask<{ connections: { nodes: readonly KnownConnection[] } }>(
    '{ connections(first: 100, filter: { status: [ACTIVE] }) { nodes { id institutionId } } }',
  );
  const known = connections.nodes.find(({ institutionId }) => institutionId === institution.id);
  return known ? synchronise(walk, known.id, institution.name) : consent(walk, await start(walk, institution));
}

async function synchronise({ client, narrator }: Walk, connectionId: string, bank: string): Promise<Connected> {
  narrator.step('Use the bank connection of an earlier walk');
  const { syncConnection } = await client.ask<{ syncConnection: { syncRun: { id: string } } }>(
    'mutation ($id: ID!) { syncConnection(input: { connectionId: $id }) { syncRun { id } } }',
    { id: connectionId },
  );
  narrator.tell(`${connectionId} to ${bank} is ACTIVE: it is synchronised once more`);
  return { connectionId, syncRunId: syncConnection.syncRun.id };
}

async function start({ client, narrator }: Walk, { id, name }: { readonly id: string; readonly name: string }) {
  narrator.step('Start a bank connection');
  const { startConnection } = await client.ask<{ startConnection: { connection: { id: string; status: string }; consentUrl: string } }>(
    'mutation ($id: String!) { startConnection(input: { institutionId: $id }) { connection { id status } consentUrl } }',
    { id },
  );
  const { connection, consentUrl } = startConnection;
  narrator.check(connection.status === 'PENDING', 'a PENDING connection', `it is ${connection.status}`);
  narrator.tell(`${connection.id} to ${name} is ${connection.status}`, `consent at ${consentUrl}`);
  return { connectionId: connection.id, consentUrl };
}

/** The bank sends the browser back to the gateway, which completes the connection. */
async function consent({ narrator }: Walk, { connectionId, consentUrl }: Awaited<ReturnType<typeof start>>): Promise<Connected> {
  narrator.step('Consent at the bank, and come back');
  const response = await fetch(consentUrl, { signal: AbortSignal.timeout(CONSENT_WITHIN_MS) }).catch((cause: unknown) => {
    throw narrator.failure('the page of the bank', 'nobody answers there', cause);
  });
  const body = await response.text();
  narrator.check(response.ok, 'the callback to answer 200', `came ${response.status}: ${body.slice(0, 200)}`);
  const { message, syncRunId: id } = parse(body);
  const syncRunId = narrator.found(id, 'the id of the first synchronisation', `came ${body.slice(0, 200)}`);
  narrator.tell(`${response.status} from ${new URL(response.url).pathname}`, message ?? '');
  return { connectionId, syncRunId };
}

const CONSENT_WITHIN_MS = 15_000;

function parse(body: string): { readonly message?: string; readonly syncRunId?: string } {
  try {
    return JSON.parse(body) as { message?: string; syncRunId?: string };
  } catch {
    return {};
  }
}
