import { globalIds } from '../platform/graphql/global-id';

export const matchIds = globalIds('Match', 'mat');
export const reconciliationRunIds = globalIds('ReconciliationRun', 'rec');
