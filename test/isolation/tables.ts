import type { Database } from '../../src/platform/database/database';

/** The table behind a GraphQL type: models are named as their types. @throws Error for a type whose model has another name. */
export function getTableName({ sequelize }: Database, typeName: string): string {
  const model = sequelize.models[typeName] ?? sequelize.models[MODELS[typeName] ?? ''];
  const table = model?.getTableName() ?? TABLES[typeName];
  if (table === undefined) throw new Error(`Say in test/isolation/tables.ts which table ${typeName} is`);
  return typeof table === 'string' ? table : table.tableName;
}

/** Types whose model is named otherwise. */
const MODELS: Readonly<Record<string, string>> = {};

/** Types without a model. */
const TABLES: Readonly<Record<string, string>> = { AuditEntry: 'audit_entries', Session: 'sessions' };
