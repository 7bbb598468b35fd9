/**
 * Formats times, durations, numbers and lists for a language. The formatters of `Intl` are made once for each language.
 */
import { LRUCache } from 'lru-cache';
import type { Locale } from './models.ts';

export interface Formats {
  /** A day: November 24, 2026 in the United States, 24 November 2026 in Britain. */
  day(value: Date): string;
  /** A day and the minute, with the time zone if it is UTC. */
  moment(value: Date): string;
  /** The time relative to `now`: 3 hours ago. */
  relative(value: Date, now: Date): string;
  /** A duration in seconds, rounded up to one unit: 3 minutes. At least one second. */
  duration(seconds: number): string;
  number(value: number): string;
  list(items: readonly string[]): string;
}

const minute = 60;
const hour = 3600;
const day = 86_400;

/** Maximum number of languages whose formats are cached, since creating them is slow. */
const maxCached = 100;

/**
 * @returns a function that returns the formats of a language tag: its region decides how dates and numbers are written
 */
export function createFormats(timeZone: string): (locale: Locale) => Formats {
  const kept = new LRUCache<Locale, Formats>({ max: maxCached, memoMethod: (locale) => formatsOf(locale, timeZone) });
  return (locale) => kept.memo(locale);
}

function formatsOf(locale: Locale, timeZone: string): Formats {
  const days = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'long' });
  const moments = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'long', timeStyle: 'short' });
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const numbers = new Intl.NumberFormat(locale);
  const lists = new Intl.ListFormat(locale);
  const unit = (name: string): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'long' });
  const units = { second: unit('second'), minute: unit('minute'), hour: unit('hour'), day: unit('day') };
  const rounded = (format: Intl.NumberFormat, value: number): string => format.format(Math.max(1, Math.ceil(value)));
  return {
    day: (value) => days.format(value),
    moment: (value) => moments.format(value) + (timeZone === 'UTC' ? ' UTC' : ''),
    relative: (value, now) => {
      const seconds = (value.getTime() - now.getTime()) / 1000;
      const size = Math.abs(seconds);
      if (size < 45) {
        return relatives.format(0, 'second');
      }
      if (size < 45 * minute) {
        return relatives.format(Math.round(seconds / minute), 'minute');
      }
      if (size < 20 * hour) {
        return relatives.format(Math.round(seconds / hour), 'hour');
      }
      return relatives.format(Math.round(seconds / day), 'day');
    },
    duration: (seconds) => {
      if (seconds <= 90) {
        return rounded(units.second, seconds);
      }
      if (seconds <= 90 * minute) {
        return rounded(units.minute, seconds / minute);
      }
      if (seconds <= 36 * hour) {
        return rounded(units.hour, seconds / hour);
      }
      return rounded(units.day, seconds / day);
    },
    number: (value) => numbers.format(value),
    list: (items) => lists.format(items),
  };
}
