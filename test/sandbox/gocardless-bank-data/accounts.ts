import { DAY_MS, isoDate } from '../../../src/platform/clock';
import type { SandboxAccount } from '../world/world';
import type { Quota } from './quota';
import { type Asked, isUuid, ok, refuse, type Reply } from './reply';
import type { Sandbox, WireLine } from './sandbox';
import type { Agreement, Requisition } from './state';

type Scope = 'details' | 'balances' | 'transactions';

/** The accounts that users have consented to, as long as their agreements last. */
export class Accounts {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly quota: Quota,
  ) {}

  /** GET /accounts/{id}/: about the account, not from the bank, so neither an agreement nor the bank's limit counts. */
  readonly get = ({ ids }: Asked): Reply => {
    const { id, iban, ownerName, name } = this.linked(ids);
    const [requisition] = this.requisitions(id);
    return ok({
      id,
      created: requisition?.created ?? this.sandbox.now(),
      last_accessed: this.sandbox.now(),
      iban,
      status: requisition?.status === 'EX' ? 'EXPIRED' : 'READY',
      institution_id: requisition?.institution_id ?? '',
      owner_name: ownerName,
      name,
    });
  };

  /** GET /accounts/{id}/details/ */
  readonly details = ({ ids }: Asked): Reply => {
    const { id, iban, currency, ownerName, name } = this.linked(ids);
    this.consented(id, 'details');
    return ok({ account: { resourceId: id, iban, currency, ownerName, name, cashAccountType: 'CACC' } }, this.quota.use(id, 'details'));
  };

  /** GET /accounts/{id}/balances/ */
  readonly balances = ({ ids }: Asked): Reply => {
    const { id, balance: amount, currency } = this.linked(ids);
    this.consented(id, 'balances');
    const of = (balanceType: string) => ({
      balanceAmount: { amount, currency },
      balanceType,
      referenceDate: this.sandbox.now().slice(0, 10),
    });
    return ok({ balances: [of('closingBooked'), of('interimAvailable')] }, this.quota.use(id, 'balances'));
  };

  /** GET /accounts/{id}/transactions/ */
  readonly transactions = ({ ids, query }: Asked): Reply => {
    const { id } = this.linked(ids);
    const agreement = this.consented(id, 'transactions');
    const isInRange = this.range(query, agreement);
    const headers = this.quota.use(id, 'transactions');
    const { booked, pending } = this.sandbox.lines(id);
    return ok({ transactions: { booked: booked.filter(isInRange), pending }, last_updated: this.sandbox.now() }, headers);
  };

  private linked([id = '']: readonly string[]): SandboxAccount {
    if (!isUuid(id)) throw refuse(400, 'Invalid Account ID', `${id} is not a valid Account UUID.`);
    const account = this.sandbox.account(id);
    if (account && this.sandbox.state.known.includes(id)) return account;
    throw refuse(404, `Account ID ${id} not found`, 'Please check whether you specified a valid Account ID');
  }

  /** Newest first. */
  private requisitions(accountId: string): readonly Requisition[] {
    return this.sandbox.state.requisitions.filter(({ accounts }) => accounts.includes(accountId)).toReversed();
  }

  /** The agreement that allows the scope now. A requisition shows that it has expired only once somebody has tried to use it. */
  private consented(accountId: string, scope: Scope): Agreement {
    const requisitions = this.requisitions(accountId);
    const agreements = requisitions.flatMap(({ agreement }) => this.sandbox.agreement(agreement) ?? []);
    const valid = agreements.find(agreement => expiryOf(agreement) > this.sandbox.clock.now().getTime());
    if (valid?.access_scope.includes(scope)) return valid;
    if (valid) throw refuse(403, 'End User Agreement (EUA) access scope error', `EUA doesn't allow access to account ${scope}.`);
    const [latest] = agreements;
    if (!latest)
      throw refuse(
        403,
        'No valid End User Agreement',
        'Account exists but there is no valid End User Agreement permitting you to access it',
      );
    this.sandbox.expire(requisitions);
    throw expired(latest);
  }

  /** Whether a line lies in the dates asked for and in the history agreed on; one without a date always does. */
  private range(query: URLSearchParams, { max_historical_days, accepted }: Agreement): (line: WireLine) => boolean {
    const from = query.get('date_from') ?? '';
    const to = query.get('date_to') ?? '9999-12-31';
    if ([from || to, to].some(date => !/^\d{4}-\d\d-\d\d$/.test(date))) {
      throw refuse(400, 'Incorrect date range', 'Dates must have the format YYYY-MM-DD');
    }
    if (from > to) {
      const detail = `Starting date '${from}' is greater than end date '${to}'. When specifying date range, starting date must precede the end date`;
      throw refuse(400, 'Incorrect date range', detail);
    }
    const oldest = isoDate(new Date(Date.parse(accepted ?? '') - max_historical_days * DAY_MS));
    return line => {
      const date = dateOf(line);
      return date === undefined || (date >= from && date >= oldest && date <= to);
    };
  }
}

const expiryOf = ({ accepted, access_valid_for_days }: Agreement): number => Date.parse(accepted ?? '') + access_valid_for_days * DAY_MS;

const expired = (agreement: Agreement) =>
  refuse(
    401,
    `End User Agreement (EUA) ${agreement.id} has expired`,
    `EUA was valid for ${agreement.access_valid_for_days} days and it expired at ${isoDate(new Date(expiryOf(agreement)))}. ` +
      'The end user must connect the account once more with new EUA and Requisition',
  );

/** Undefined where the bank wrote no date or none that can be read: such a line is in every answer. */
function dateOf(line: WireLine): string | undefined {
  for (const field of ['bookingDate', 'bookingDateTime', 'valueDate', 'valueDateTime']) {
    const value = line[field];
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) return value.slice(0, 10);
  }
  return undefined;
}
