import { globalIds } from '../platform/graphql/global-id';

export const connectionIds = globalIds('Connection', 'con');
export const accountIds = globalIds('Account', 'acc');
export const transactionIds = globalIds('Transaction', 'txn');
export const syncRunIds = globalIds('SyncRun', 'syn');
