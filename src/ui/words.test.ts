import { describe, expect, it } from 'vitest';
import * as words from './words.ts';

const clock = { now: Date.parse('2026-11-17T07:41:00Z'), zone: 'Europe/Berlin' };

describe('times', () => {
  it('names the day and the wall-clock time in the given zone', () => {
    expect(words.relativeDay('2026-11-17T06:02:00Z', clock)).toBe('today 07:02');
    expect(words.relativeDay('2026-11-16T14:20:00Z', clock)).toBe('yesterday 15:20');
    expect(words.relativeDay('2026-11-18T05:30:00Z', clock)).toBe('tomorrow 06:30');
    expect(words.relativeDay('2026-11-13T05:30:00Z', clock)).toBe('13 Nov');
    expect(words.relativeDay('2025-11-13T05:30:00Z', clock)).toBe('13 Nov 2025');
  });
  it('counts midnights, not 24 hours', () => {
    expect(words.relativeDay('2026-11-16T22:59:00Z', clock)).toBe('yesterday 23:59');
    expect(words.relativeDay('2026-11-16T23:00:00Z', clock)).toBe('today 00:00');
    const autumn = { now: Date.parse('2026-10-25T22:30:00Z'), zone: 'Europe/Berlin' };
    expect(words.relativeDay('2026-10-24T22:10:00Z', autumn)).toBe('today 00:10');
  });
  it('crosses the year', () => {
    const eve = { now: Date.parse('2026-12-31T22:30:00Z'), zone: 'Europe/Berlin' };
    expect(words.relativeDay('2026-12-31T23:30:00Z', eve)).toBe('tomorrow 00:30');
  });
  it('reads the same in the device zone as in that zone by name', () => {
    const before = process.env.TZ;
    for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia']) {
      process.env.TZ = zone;
      for (let at = Date.parse('2026-10-24T00:17:00Z'); at < Date.parse('2026-11-03T00:00:00Z'); at += 5_000_000)
        expect(words.relativeDay(at, { now: clock.now })).toBe(words.relativeDay(at, { now: clock.now, zone }));
    }
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  it('has a long, a month and a column form', () => {
    expect(words.longDate(clock.now, clock)).toBe('Tuesday 17 November');
    expect(words.longDate('1969-12-31T12:00:00Z', clock)).toBe('Wednesday 31 December');
    expect(words.monthName(clock.now, clock)).toBe('November');
    expect(words.columnTime('2026-11-17T06:02:00Z', clock)).toBe('07:02');
    expect(words.columnTime('2026-10-05T06:02:00Z', clock)).toBe('5 Oct');
  });
  it('says how far off something is, rounding down so that it never promises more time than there is', () => {
    expect(words.fromNow(clock.now + 41 * 60_000 + 59_000, clock)).toBe('in 41 min');
    expect(words.fromNow(clock.now + 5.9 * 3_600_000, clock)).toBe('in 5 h');
    expect(words.fromNow(clock.now - 125_000, clock)).toBe('2 min ago');
    expect(words.fromNow(clock.now - 9 * 86_400_000, clock)).toBe('9 days ago');
    expect(words.fromNow(clock.now + 400, clock)).toBe('now');
    expect(words.span(200)).toBe('0.2 s');
    expect(words.span(9_990)).toBe('9.9 s');
    expect(words.span(11_000)).toBe('11 s');
    expect(words.stopwatch(108_400)).toBe('1:48');
    expect(words.stopwatch(9_000)).toBe('0:09');
    expect(words.stopwatch(3_753_000)).toBe('1:02:33');
  });
  it('says so when a time cannot be read', () => {
    expect(words.relativeDay('soon', clock)).toBe('unknown time');
    expect(words.fromNow(Number.NaN, clock)).toBe('unknown time');
  });
});

describe('numbers', () => {
  it('writes money to the cent, and never nothing for something', () => {
    expect(words.money(0)).toBe('$0.00');
    expect(words.money(0.04)).toBe('$0.04');
    expect(words.money(1_228)).toBe('$1,228.00');
    expect(words.money(1_234_567.891)).toBe('$1,234,567.89');
    expect(words.money(0.004)).toBe('<$0.01');
    expect(words.money(1.005)).toBe('$1.01');
    expect(words.money(-4)).toBe('−$4.00');
    expect(words.money(0.019, true)).toBe('$0.019');
    expect(words.money(0.0004, true)).toBe('<$0.001');
    expect(words.money(Number.NaN)).toBe('unknown amount');
  });
  it('writes sizes in decimal units', () => {
    expect(words.bytes(0)).toBe('0 B');
    expect(words.bytes(812)).toBe('812 B');
    expect(words.bytes(44_200)).toBe('44 kB');
    expect(words.bytes(9_600_000_000)).toBe('9.6 GB');
    expect(words.bytes(999_900)).toBe('1 MB');
    expect(words.bytes(9_960)).toBe('10 kB');
  });
  it('groups and counts', () => {
    expect(words.count(3806)).toBe('3,806');
    expect(words.plural(1, 'file')).toBe('1 file');
    expect(words.plural(3806, 'entry', 'entries')).toBe('3,806 entries');
    expect(words.plural(0, 'file')).toBe('0 files');
    expect(words.hashGroups('9c417be204fdaa11')).toBe('9c41 7be2 04fd');
    expect(words.hashGroups('sha256:9c417be204fdaa11', 2)).toBe('9c41 7be2');
    expect(words.percent(999, 1000)).toBe('99 %');
    expect(words.percent(1000, 1000)).toBe('100 %');
  });
});
