/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type CompleteConnectionInput = {
  /** The `ref` that came back with the redirect. */
  readonly reference: string;
};

/** Where a bank connection stands. */
export type ConnectionStatus =
  /** The user has not given the consent at the bank yet. */
  | 'PENDING'
  /** Can be synchronised. */
  | 'ACTIVE'
  /** The consent was refused, or never finished. Start a new connection. */
  | 'REJECTED'
  /** The consent has ended. Start a new connection. */
  | 'EXPIRED'
  /** The provider no longer serves it: statusReason says why. */
  | 'ERROR';

/** How far long work has come. */
export type RunState =
  /** Not begun yet. */
  | 'QUEUED'
  /** At work. */
  | 'RUNNING'
  /** Something failed that may pass; it goes on at nextAttemptAt. */
  | 'WAITING'
  /** Done. */
  | 'SUCCEEDED'
  /** Ended without success: errorCode and errorMessage say why. */
  | 'FAILED';

export type StartConnectionInput = {
  /** Of one of the institutions. */
  readonly institutionId: string;
  /** Where the bank sends the browser back to, on an allowed origin. Default: our own callback, which completes the connection. */
  readonly redirectUrl?: string | null | undefined;
};

export type TransactionMatchState =
  /** No invoice is proposed. */
  | 'UNMATCHED'
  /** At least one invoice is proposed and waits for a decision. */
  | 'PROPOSED'
  /** A match is approved. */
  | 'MATCHED';

/** As the billing system has it. Overdue is UNPAID with a dueOn in the past. */
export type InvoiceStatus =
  | 'UNPAID'
  | 'PAID'
  | 'CANCELLED'
  | 'REFUNDED'
  | 'COLLECTIONS'
  | 'DRAFT'
  | 'PAYMENT_PENDING';

/** From a proposal to the billing system’s books. */
export type MatchState =
  /** Waits for a decision. */
  | 'PROPOSED'
  /** No longer proposed: another match took the money, or it is not likely any more. */
  | 'WITHDRAWN'
  /** Decided against; never proposed again. */
  | 'REJECTED'
  /** Decided for; on its way to the billing system. errorMessage tells of attempts that failed. */
  | 'APPROVED'
  /** Booked in the billing system, exactly once. */
  | 'APPLIED'
  /** Could not be booked: errorMessage says why. Retry or reject it. */
  | 'FAILED';

export type StartConnectionMutationVariables = Exact<{
  input: StartConnectionInput;
}>;


export type StartConnectionMutation = { readonly startConnection: { readonly consentUrl: string, readonly reference: string, readonly expiresAt: string, readonly connection: { readonly id: string, readonly status: ConnectionStatus } | null } | null };

export type CompleteConnectionMutationVariables = Exact<{
  input: CompleteConnectionInput;
}>;


export type CompleteConnectionMutation = { readonly completeConnection: { readonly connection: { readonly id: string, readonly status: ConnectionStatus } | null, readonly syncRun: { readonly id: string, readonly state: RunState } | null } | null };

export type ImportInvoicesMutationVariables = Exact<{ [key: string]: never; }>;


export type ImportInvoicesMutation = { readonly importInvoices: { readonly invoiceImport: { readonly id: string } | null } | null };

export type RunReconciliationMutationVariables = Exact<{ [key: string]: never; }>;


export type RunReconciliationMutation = { readonly runReconciliation: { readonly reconciliationRun: { readonly id: string } | null } | null };

export type AllMatchesQueryVariables = Exact<{ [key: string]: never; }>;


export type AllMatchesQuery = { readonly matches: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly state: MatchState, readonly tied: boolean, readonly confidence: number, readonly errorCode: string | null, readonly errorMessage: string | null, readonly applicationAttempts: number, readonly billingTransactionId: string, readonly amount: { readonly amountMinor: string, readonly currency: string }, readonly transaction: { readonly id: string, readonly remittance: string, readonly matchState: TransactionMatchState } | null, readonly invoice: { readonly id: string, readonly number: string, readonly externalId: string, readonly status: InvoiceStatus } | null }> } | null };


export const StartConnectionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"StartConnection"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"StartConnectionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startConnection"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"connection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"consentUrl"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}}]}}]} as unknown as DocumentNode<StartConnectionMutation, StartConnectionMutationVariables>;
export const CompleteConnectionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CompleteConnection"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CompleteConnectionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"completeConnection"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"connection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"syncRun"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<CompleteConnectionMutation, CompleteConnectionMutationVariables>;
export const ImportInvoicesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ImportInvoices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"importInvoices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"invoiceImport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<ImportInvoicesMutation, ImportInvoicesMutationVariables>;
export const RunReconciliationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RunReconciliation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"runReconciliation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reconciliationRun"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<RunReconciliationMutation, RunReconciliationMutationVariables>;
export const AllMatchesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AllMatches"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"matches"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"tied"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amountMinor"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errorCode"}},{"kind":"Field","name":{"kind":"Name","value":"errorMessage"}},{"kind":"Field","name":{"kind":"Name","value":"applicationAttempts"}},{"kind":"Field","name":{"kind":"Name","value":"billingTransactionId"}},{"kind":"Field","name":{"kind":"Name","value":"transaction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"remittance"}},{"kind":"Field","name":{"kind":"Name","value":"matchState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"invoice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AllMatchesQuery, AllMatchesQueryVariables>;