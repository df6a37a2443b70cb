import type { Sandbox } from './sandbox';
import { type Asked, checkFields, created, notFound, ok, page, refuse, Refused, refuseField, type Reply, requireUuid } from './reply';
import type { Agreement } from './state';

const SCOPES: readonly unknown[] = ['balances', 'details', 'transactions'];
const FIELDS = ['institution_id', 'max_historical_days', 'access_valid_for_days', 'access_scope', 'reconfirmation'];

/** End-user agreements: what a consent will allow, and for how long. */
export class Agreements {
  constructor(private readonly sandbox: Sandbox) {}

  /** POST /agreements/enduser/ */
  readonly create = ({ body }: Asked): Reply => {
    checkFields(body, FIELDS, ['institution_id']);
    const institution = this.sandbox.institution(String(body['institution_id']));
    const history = days(
      body,
      'max_historical_days',
      institution.historyDays,
      `${institution.id} transaction_total_days (${institution.historyDays})`,
    );
    const valid = days(body, 'access_valid_for_days', institution.consentDays, String(institution.consentDays));
    const agreement = this.sandbox.newAgreement(institution.id, history, valid, scopes(body['access_scope']));
    this.sandbox.save();
    return created(agreement);
  };

  /** GET /agreements/enduser/ */
  readonly list = (asked: Asked): Reply => page(this.sandbox.state.agreements, asked, '/api/v2/agreements/enduser/');

  /** GET /agreements/enduser/{id}/ */
  readonly get = ({ ids }: Asked): Reply => ok(this.existing(ids));

  /** DELETE /agreements/enduser/{id}/ */
  readonly delete = ({ ids }: Asked): Reply => {
    const { id, accepted } = this.existing(ids);
    if (accepted === null) throw refuse(400, 'End user agreement needs to be accepted.', `EUA '${id}' is not accepted.`);
    const { state } = this.sandbox;
    state.agreements = state.agreements.filter(agreement => agreement.id !== id);
    this.sandbox.save();
    return ok({ summary: 'End User Agreement deleted', detail: `End User Agreement ${id} deleted` });
  };

  private existing([id = '']: readonly string[]): Agreement {
    requireUuid(id);
    const agreement = this.sandbox.agreement(id);
    if (!agreement) throw notFound();
    return agreement;
  }
}

function days(body: Asked['body'], field: string, most: number, shown: string): number {
  const value = body[field] ?? Math.min(90, most);
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= most) return value;
  const error = { summary: `Incorrect ${field}`, detail: `${field} must be > 0 and <= ${shown}` };
  throw new Refused({ status: 400, json: { [field]: [error], status_code: 400 } });
}

function scopes(value: unknown = SCOPES): string[] {
  const asked: readonly unknown[] = Array.isArray(value) ? value : [];
  const unknown = asked.find(scope => !SCOPES.includes(scope));
  if (asked.length > 0 && unknown === undefined) return asked.map(String);
  throw refuseField(
    'access_scope',
    `Unknown value '${String(unknown)}' in access_scope`,
    `Choose one or several from ${JSON.stringify(SCOPES)}`,
  );
}
