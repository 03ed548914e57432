import { describe, expect, it } from 'vitest';
import { compilePattern, matchesPattern } from './event-pattern.ts';

const event = {
  source: 'serverless-rgs',
  'detail-type': 'round.committed',
  detail: {
    operator: 'acme',
    stakeMinor: 250,
    free: false,
    bonus: null,
    tags: ['slots', 'new'],
    legs: [
      { kind: 'debit', amountMinor: 250 },
      { kind: 'credit', amountMinor: 900 },
    ],
  },
};

const detail = (pattern: Record<string, unknown>) => ({ detail: pattern });

describe('an event pattern', () => {
  const matching: [string, Record<string, unknown>][] = [
    ['an exact text', { source: ['serverless-rgs'] }],
    ['one text of several', { source: ['aws.ec2', 'serverless-rgs'] }],
    ['all of its fields at once', { source: ['serverless-rgs'], detail: { operator: ['acme'] } }],
    ['a number', detail({ stakeMinor: [250] })],
    ['a boolean', detail({ free: [false] })],
    ['null', detail({ bonus: [null] })],
    ['any element of an array', detail({ tags: ['new'] })],
    ['a prefix', detail({ operator: [{ prefix: 'ac' }] })],
    ['a prefix of any case', detail({ operator: [{ prefix: { 'equals-ignore-case': 'AC' } }] })],
    ['a suffix', { 'detail-type': [{ suffix: '.committed' }] }],
    ['a suffix of any case', { 'detail-type': [{ suffix: { 'equals-ignore-case': '.COMMITTED' } }] }],
    ['a text of any case', detail({ operator: [{ 'equals-ignore-case': 'ACME' }] })],
    ['a wildcard', { 'detail-type': [{ wildcard: 'round.*' }] }],
    ['a wildcard in the middle', { 'detail-type': [{ wildcard: 'r*.c*d' }] }],
    ['anything but a text', detail({ operator: [{ 'anything-but': 'other' }] })],
    ['anything but texts', detail({ operator: [{ 'anything-but': ['other', 'third'] }] })],
    ['anything but a number', detail({ stakeMinor: [{ 'anything-but': 100 }] })],
    ['anything but a prefix', detail({ operator: [{ 'anything-but': { prefix: 'x' } }] })],
    ['anything but suffixes', detail({ operator: [{ 'anything-but': { suffix: ['x', 'y'] } }] })],
    [
      'anything but a text of any case',
      detail({ operator: [{ 'anything-but': { 'equals-ignore-case': 'X' } }] }),
    ],
    ['anything but a wildcard', detail({ operator: [{ 'anything-but': { wildcard: 'x*' } }] })],
    ['a number equal to', detail({ stakeMinor: [{ numeric: ['=', 250] }] })],
    ['a number above', detail({ stakeMinor: [{ numeric: ['>', 249.5] }] })],
    ['a number in a range', detail({ stakeMinor: [{ numeric: ['>', 0, '<=', 250] }] })],
    ['a field that is there', detail({ operator: [{ exists: true }] })],
    ['a field that is there as null', detail({ bonus: [{ exists: true }] })],
    ['a field that is not there', detail({ jackpot: [{ exists: false }] })],
    ['one of two alternatives', { $or: [{ source: ['aws.ec2'] }, { detail: { operator: ['acme'] } }] }],
    ['alternatives inside', detail({ $or: [{ operator: ['other'] }, { stakeMinor: [250] }] })],
    ['one object of an array', detail({ legs: { kind: ['credit'], amountMinor: [900] } })],
  ];
  it.each(matching)('matches %s', (_, pattern) => {
    expect(matchesPattern(event, pattern)).toBe(true);
  });

  const different: [string, Record<string, unknown>][] = [
    ['another text', { source: ['aws.ec2'] }],
    ['one field of two', { source: ['serverless-rgs'], detail: { operator: ['other'] } }],
    ['a text of another case', { source: ['Serverless-RGS'] }],
    ['a number where a text is wanted', detail({ stakeMinor: ['250'] })],
    ['a field that is not there', detail({ jackpot: ['x'] })],
    ['a field that is not there, as anything but something', detail({ jackpot: [{ 'anything-but': 'x' }] })],
    ['a text that is excluded', detail({ operator: [{ 'anything-but': ['acme'] }] })],
    ['a prefix that is excluded', detail({ operator: [{ 'anything-but': { prefix: 'ac' } }] })],
    ['a number outside a range', detail({ stakeMinor: [{ numeric: ['>', 250, '<', 300] }] })],
    ['a text where a number is wanted', detail({ operator: [{ numeric: ['>', 0] }] })],
    ['a field that must not be there', detail({ operator: [{ exists: false }] })],
    ['an object as a field that is there', { detail: [{ exists: true }] }],
    [
      'conditions spread over two objects of an array',
      detail({ legs: { kind: ['debit'], amountMinor: [900] } }),
    ],
    ['neither of two alternatives', { $or: [{ source: ['a'] }, { source: ['b'] }] }],
    ['a property of the prototype', { toString: [{ exists: true }] }],
    ['a dot as any character', { 'detail-type': [{ wildcard: 'round.co.*' }] }],
  ];
  it.each(different)('does not match %s', (_, pattern) => {
    expect(matchesPattern(event, pattern)).toBe(false);
  });

  it('takes an escaped star for a star', () => {
    const pattern = { name: [{ wildcard: 'a\\*b*' }] };
    expect(matchesPattern({ name: 'a*bc' }, pattern)).toBe(true);
    expect(matchesPattern({ name: 'axbc' }, pattern)).toBe(false);
  });

  const wrong: [string, Record<string, unknown>][] = [
    ['is empty', {}],
    ['has a bare value', { source: 'serverless-rgs' }],
    ['lists nothing', { source: [] }],
    ['uses a filter that is not offered', { ip: [{ cidr: '10.0.0.0/8' }] }],
    ['compares with half a pair', { n: [{ numeric: ['>'] }] }],
    ['compares with an unknown operator', { n: [{ numeric: ['!=', 1] }] }],
    ['excludes nothing', { n: [{ 'anything-but': [] }] }],
    ['mixes two filters', { n: [{ prefix: 'a', suffix: 'b' }] }],
    ['has a single alternative', { $or: [{ source: ['a'] }] }],
  ];
  it.each(wrong)('is refused before any event when it %s', (_, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code: 'UNKNOWN_PATTERN' }));
  });
});
