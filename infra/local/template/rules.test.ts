import { describe, expect, it } from 'vitest';
import { FUNCTION, read, refusal } from './small-stack.fixture.ts';

const rule = (properties: Record<string, unknown>) => ({
  Work: FUNCTION,
  Events: {
    Type: 'AWS::Events::Rule',
    Properties: { Targets: [{ Arn: { 'Fn::GetAtt': ['Work', 'Arn'] }, Id: 'Target0' }], ...properties },
  },
});
const detail = (pattern: Record<string, unknown>) => ({ detail: pattern });

describe('a rule', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a source', { source: ['serverless-rgs'] }],
    ['one of several sources', { source: ['aws.ec2', 'serverless-rgs'] }],
    ['a type', { 'detail-type': ['round.committed'] }],
    ['a source and a type', { source: ['serverless-rgs'], 'detail-type': ['round.committed'] }],
  ])('may choose events by %s', (_, pattern) => {
    expect(read(rule({ EventPattern: pattern })).model.rules).toMatchObject([{ pattern }]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['nothing', 'is empty', {}],
    ['a bare value', 'source', { source: 'serverless-rgs' }],
    ['no value', 'source', { source: [] }],
    ['a number', 'source', { source: [1] }],
    ['null', 'source', { source: [null] }],
    ['a prefix', 'source', { source: [{ prefix: 'ac' }] }],
    ['a prefix of any case', 'source', { source: [{ prefix: { 'equals-ignore-case': 'AC' } }] }],
    ['a suffix', 'detail-type', { 'detail-type': [{ suffix: '.committed' }] }],
    ['a text of any case', 'source', { source: [{ 'equals-ignore-case': 'ACME' }] }],
    ['a wildcard', 'detail-type', { 'detail-type': [{ wildcard: 'round.*' }] }],
    ['anything but a text', 'source', { source: [{ 'anything-but': 'other' }] }],
    ['anything but texts', 'source', { source: [{ 'anything-but': ['other', 'third'] }] }],
    ['anything but a prefix', 'source', { source: [{ 'anything-but': { prefix: 'x' } }] }],
    ['a range of numbers', 'source', { source: [{ numeric: ['>', 0, '<=', 250] }] }],
    ['a field that is there', 'source', { source: [{ exists: true }] }],
    ['a field that is not there', 'detail-type', { 'detail-type': [{ exists: false }] }],
    ['alternatives', '\\$or', { $or: [{ source: ['a'] }, { source: ['b'] }] }],
    ['the detail', 'detail', detail({ operator: ['acme'] })],
    ['a number in the detail', 'detail', detail({ stakeMinor: [250] })],
    ['the account', 'account', { account: ['000000000000'] }],
    ['the region', 'region', { region: ['us-east-1'] }],
    ['the resources', 'resources', { resources: ['arn:x'] }],
    ['the id', 'id', { id: ['x'] }],
    ['an address', 'ip', { ip: [{ cidr: '10.0.0.0/8' }] }],
    ['a property of the prototype', 'toString', { toString: ['x'] }],
  ])('that chooses events by %s is refused, naming the field', (_, field, pattern) => {
    expect(refusal(rule({ EventPattern: pattern }))).toMatch(
      new RegExp(`^UNSUPPORTED_PROPERTY Events: .*EventPattern.*${field}`),
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['Input', { Input: '{"mode":"full"}' }],
    ['InputPath', { InputPath: '$.detail' }],
    ['InputTransformer', { InputTransformer: {} }],
    ['RetryPolicy', { RetryPolicy: { MaximumRetryAttempts: 9 } }],
    ['RoleArn', { RoleArn: 'arn:x' }],
  ])('that sets %s of a target is refused', (name, more) => {
    const Targets = [{ Arn: { 'Fn::GetAtt': ['Work', 'Arn'] }, Id: 'Target0', ...more }];
    expect(refusal(rule({ EventPattern: { source: ['x'] }, Targets }))).toMatch(
      new RegExp(`^UNSUPPORTED_PROPERTY Events: .*${name}`),
    );
  });
});
