import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

import type { TestApp, TestTenant } from './app';
import {
  AllMatchesDocument,
  type AllMatchesQuery,
  CompleteConnectionDocument,
  type CompleteConnectionMutation,
  ImportInvoicesDocument,
  RunReconciliationDocument,
  StartConnectionDocument,
  type StartConnectionMutation,
} from './operations.generated';

export type StartedConnection = Granted<StartConnectionMutation>['startConnection'];
export type CompletedConnection = Granted<CompleteConnectionMutation>['completeConnection'];
export type MatchNode = Granted<AllMatchesQuery>['matches']['nodes'][number];

/** An answer of which nothing was refused: objects and lists that are null to those who may not see them are there. */
export type Granted<Data> = Data extends readonly (infer Item)[]
  ? readonly Granted<NonNullable<Item>>[]
  : Data extends object
    ? { readonly [Key in keyof Data]: Extract<Data[Key], object> extends never ? Data[Key] : Granted<NonNullable<Data[Key]>> }
    : Data;

/** Sends a typed operation as the owner. @throws Error when anything of it failed. */
async function asOwner<Data, Variables extends Record<string, unknown>>(
  tenant: TestTenant,
  operation: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Granted<Data>> {
  const { data, errors } = await tenant.as('OWNER')<Granted<Data>>(print(operation), variables);
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** The owner begins a connection. */
export async function startConnection(tenant: TestTenant, institutionId = 'SANDBOXFINANCE_SFIN0000'): Promise<StartedConnection> {
  return (await asOwner(tenant, StartConnectionDocument, { input: { institutionId } })).startConnection;
}

/** The owner gives the consent at the bank, without coming back. */
export async function consent({ consentUrl }: StartedConnection): Promise<void> {
  await fetch(consentUrl, { redirect: 'manual' });
}

/** The owner begins a connection, consents, and completes it with the reference; the first synchronisation waits in the queue. */
export async function connect(tenant: TestTenant, institutionId?: string): Promise<CompletedConnection> {
  const started = await startConnection(tenant, institutionId);
  await consent(started);
  return (await asOwner(tenant, CompleteConnectionDocument, { input: { reference: started.reference } })).completeConnection;
}

/** Connects and synchronises. */
export async function synced(app: TestApp, tenant: TestTenant, institutionId?: string): Promise<CompletedConnection> {
  const completed = await connect(tenant, institutionId);
  await app.runJobs();
  return completed;
}

/** Imports the invoices of the tenant's WHMCS. */
export async function imported(app: TestApp, tenant: TestTenant): Promise<void> {
  await asOwner(tenant, ImportInvoicesDocument, {});
  await app.runJobs();
}

/** Proposes matches. */
export async function reconciled(app: TestApp, tenant: TestTenant): Promise<void> {
  await asOwner(tenant, RunReconciliationDocument, {});
  await app.runJobs();
}

/** Everything up to the proposals: connected, synchronised, imported, reconciled. */
export async function proposed(app: TestApp, tenant: TestTenant, institutionId?: string): Promise<void> {
  await synced(app, tenant, institutionId);
  await imported(app, tenant);
  await reconciled(app, tenant);
}

/** All matches of the tenant, the surest first. */
export const matchesOf = async (tenant: TestTenant): Promise<readonly MatchNode[]> =>
  (await asOwner(tenant, AllMatchesDocument, {})).matches.nodes;
