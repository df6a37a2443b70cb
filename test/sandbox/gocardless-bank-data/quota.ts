import { type Clock, DAY_MS } from '../../../src/platform/clock';
import { Refused } from './reply';

/** The provider's own limit for accounts, all scopes together. */
const PER_MINUTE = 100;

interface Day {
  used: number;
  readonly endsAt: number;
}

/** The bank's limit: how many successful requests a day an account answers for one scope. */
export class Quota {
  private readonly days = new Map<string, Day>();

  constructor(
    private readonly perDay: number,
    private readonly clock: Clock,
  ) {}

  /** Counts a request that succeeds, and returns the headers that say what is left. Throws the 429 when nothing is. */
  use(accountId: string, scope: string): Readonly<Record<string, string>> {
    const day = this.day(`${accountId}/${scope}`);
    if (day.used >= this.perDay) throw this.exceeded(day, scope);
    day.used += 1;
    return this.headers(day);
  }

  private day(key: string): Day {
    const now = this.clock.now().getTime();
    const current = this.days.get(key);
    if (current && current.endsAt > now) return current;
    const day = { used: 0, endsAt: now + DAY_MS };
    this.days.set(key, day);
    return day;
  }

  private exceeded(day: Day, scope: string): Refused {
    const summary = `Couldn't update account ${scope}`;
    const detail = 'Daily request limit set by the Institution has been exceeded.';
    return new Refused({ status: 429, json: { summary, detail, type: 'RateLimitError', status_code: 429 }, headers: this.headers(day) });
  }

  private headers({ used, endsAt }: Day): Readonly<Record<string, string>> {
    const reset = String(Math.ceil((endsAt - this.clock.now().getTime()) / 1000));
    return {
      ...bothSpellings('RATELIMIT', String(PER_MINUTE), String(PER_MINUTE - 1), '60'),
      ...bothSpellings('RATELIMIT_ACCOUNT_SUCCESS', String(this.perDay), String(this.perDay - used), reset),
    };
  }
}

/** As documented, and as clients behind some proxies have seen them. */
function bothSpellings(name: string, limit: string, remaining: string, reset: string): Record<string, string> {
  const values = [
    [`X_${name}_LIMIT`, limit],
    [`X_${name}_REMAINING`, remaining],
    [`X_${name}_RESET`, reset],
  ] as const;
  const headers = values.flatMap(([key, value]): [string, string][] => [
    [`HTTP_${key}`, value],
    [key.toLowerCase().replaceAll('_', '-'), value],
  ]);
  return Object.fromEntries(headers);
}
