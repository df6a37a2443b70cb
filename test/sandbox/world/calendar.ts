import { addDays } from '../../../src/platform/clock';
import type { Movement } from './movement';
import type { Random } from './random';

/** Bookings lie 1 to 82 days back, so that neither a weekend nor an earlier value date reaches the 86th. */
const OLDEST_DAYS = 82;

/** Any working day of the time that the world covers, with a time of day; YYYY-MM-DD. */
export const someDay = (today: string, random: Random): Pick<Movement, 'bookedOn' | 'valueOn' | 'time'> =>
  onDay(addDays(today, -random.between(1, OLDEST_DAYS)), random);

/** The day itself, or the Friday before a weekend: banks book on working days. */
export function onDay(date: string, random: Random): Pick<Movement, 'bookedOn' | 'valueOn' | 'time'> {
  const bookedOn = addDays(date, -daysSinceFriday(date));
  const valueOn = random.between(1, 5) === 1 ? addDays(bookedOn, -1) : bookedOn;
  return { bookedOn, valueOn, time: [random.between(7, 19), random.between(0, 59), random.between(0, 59)].map(twoDigits).join(':') };
}

function daysSinceFriday(date: string): number {
  const day = new Date(date).getUTCDay();
  return day === 6 ? 1 : day === 0 ? 2 : 0;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
