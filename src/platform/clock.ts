/** The present, as a value that tests can move. Durations are measured with performance.now(), never with this. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** The calendar day in UTC as YYYY-MM-DD. */
export const isoDate = (date: Date): string => date.toISOString().slice(0, 10);

/** The calendar day that lies so many days after (or before, if negative) an ISO date. */
export const addDays = (date: string, days: number): string => isoDate(new Date(Date.parse(date) + days * DAY_MS));
