import { describe, expect, it } from 'vitest';
import { quietUntil } from '../../../shared/notify/quiet.ts';

const until = (from: string, end: string, now: string, timezone = 'Europe/Berlin') => {
  const found = quietUntil({ from, until: end }, timezone, Date.parse(now));
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe('quiet hours', () => {
  it.each([
    ['before them', '2026-11-24T20:59:59.999Z', undefined],
    ['at their first moment', '2026-11-24T21:00:00.000Z', '2026-11-25T06:00:00.000Z'],
    ['after midnight', '2026-11-25T00:30:00.000Z', '2026-11-25T06:00:00.000Z'],
    ['at their last moment', '2026-11-25T05:59:59.999Z', '2026-11-25T06:00:00.000Z'],
    ['when they have ended', '2026-11-25T06:00:00.000Z', undefined],
  ])('end at the same time of day: %s', (_, now, end) => expect(until('22:00', '07:00', now)).toBe(end));

  it.each([
    // 28 March 2027: from 2:00 to 3:00, so the night has eight hours.
    ['in the night when the clocks go forward', '2027-03-27T21:00:00Z', '2027-03-28T05:00:00.000Z'],
    ['after the change in that night', '2027-03-28T01:00:00Z', '2027-03-28T05:00:00.000Z'],
    // 31 October 2027: from 3:00 back to 2:00, so it has ten.
    ['in the night when the clocks go back', '2027-10-30T20:00:00Z', '2027-10-31T06:00:00.000Z'],
    ['in the hour that there is twice', '2027-10-31T01:30:00Z', '2027-10-31T06:00:00.000Z'],
  ])('end by the wall clock %s', (_, now, end) => expect(until('22:00', '07:00', now)).toBe(end));

  it('that end in the hour that is left out end with it', () => {
    expect(until('22:00', '02:30', '2027-03-28T00:45:00Z')).toBe('2027-03-28T01:00:00.000Z');
    expect(until('22:00', '02:30', '2027-03-28T01:00:00Z')).toBeUndefined();
  });

  it('that lie in the hour that is left out are not held in that night', () => {
    expect(until('02:00', '03:00', '2027-03-28T00:30:00Z')).toBeUndefined();
    expect(until('02:00', '03:00', '2027-03-29T00:30:00Z')).toBe('2027-03-29T01:00:00.000Z');
  });

  it('may lie within a day, and in any zone', () => {
    expect(until('12:00', '14:00', '2026-07-01T03:30:00Z', 'Asia/Tokyo')).toBe('2026-07-01T05:00:00.000Z');
    expect(until('12:00', '14:00', '2026-07-01T05:00:00Z', 'Asia/Tokyo')).toBeUndefined();
  });

  it('hold through a whole year exactly when the wall clock says so', () => {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' });
    for (let now = Date.UTC(2027, 0, 1); now < Date.UTC(2028, 0, 1); now += 47 * 60_000) {
      const time = clock.format(now);
      const end = until('22:00', '07:00', new Date(now).toISOString());
      expect([time, end !== undefined]).toEqual([time, time >= '22:00' || time < '07:00']);
      if (end !== undefined) expect(clock.format(Date.parse(end))).toBe('07:00');
    }
  });
});
