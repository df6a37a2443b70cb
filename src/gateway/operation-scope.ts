import { Scope } from '../platform/database/scope';
import type { Sql } from '../platform/database/sql';

/**
 * The scope of a GraphQL operation. A field that fails can give up the whole answer while its siblings still resolve: a read of
 * theirs after that would open a transaction that nobody ends, and keep its connection for good.
 */
export class OperationScope extends Scope {
  // Not #private, for the same reason as the fields of Scope.
  private answered = false;

  override rows<Row>(statement: Sql): Promise<Row[]> {
    return this.answered ? Promise.reject(new Error('The operation was answered already')) : super.rows(statement);
  }

  /** Ends the read transaction, and refuses to open another. */
  answer(): Promise<void> {
    this.answered = true;
    return this.end();
  }
}
