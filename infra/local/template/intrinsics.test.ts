import { describe, expect, it } from 'vitest';
import { resolveIntrinsics, type Scope } from './intrinsics.ts';

const scope: Scope = {
  reference: (name) => ({ Name: 'ledger', Count: 3, 'AWS::NoValue': undefined })[name],
  attribute: (logicalId, attribute) => `${logicalId}/${attribute}`,
};

const resolve = (value: unknown) => resolveIntrinsics(value, scope, 'User');

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Name' }, 'ledger'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Name' }, { Ref: 'Count' }]] }, 'a-ledger-3'],
    ['Fn::Sub', { 'Fn::Sub': '${Name}:${Table.Arn}' }, 'ledger:Table/Arn'],
    [
      'values inside lists and objects',
      { a: [{ b: { Ref: 'Name' } }], c: 1 },
      { a: [{ b: 'ledger' }], c: 1 },
    ],
    [
      'an object that only looks like one',
      { Condition: 'Held', Effect: 'Allow' },
      { Condition: 'Held', Effect: 'Allow' },
    ],
  ])('resolve %s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('drop members without a value', () => {
    const nothing = { Ref: 'AWS::NoValue' };
    expect(resolve({ kept: 1, dropped: nothing, list: [nothing, 2] })).toEqual({ kept: 1, list: [2] });
  });

  it.each<[string, unknown]>([
    ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }],
    ['Fn::Split', { 'Fn::Split': ['/', 'x/y'] }],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'Name' }, 'key'] }],
    ['Fn::If', { 'Fn::If': ['Held', { Ref: 'Name' }, 'no'] }],
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'Name' }, 'ledger'] }],
    ['Fn::Not', { 'Fn::Not': [true] }],
    ['Fn::And', { 'Fn::And': [true, false] }],
    ['Fn::Or', { 'Fn::Or': [true, false] }],
    ['Fn::Base64', { 'Fn::Base64': 'x' }],
    ['Fn::Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }],
    ['Fn::constructor', { 'Fn::constructor': [] }],
  ])('refuse %s, which no stack here uses, by its name', (name, value) => {
    expect(() => resolve({ inside: [value] })).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_INTRINSIC',
        message: `User: uses ${name}, which the local run does not know`,
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['an attribute of an attribute', { 'Fn::Sub': '${Table.Outputs.Arn}' }, 'INVALID_TEMPLATE'],
    ['an attribute named by text', { 'Fn::GetAtt': 'Table.Arn' }, 'INVALID_TEMPLATE'],
    ['values of its own in Fn::Sub', { 'Fn::Sub': ['${Here}', { Here: 'x' }] }, 'INVALID_TEMPLATE'],
    ['a join of objects', { 'Fn::Join': ['', [{ a: 1 }]] }, 'INVALID_TEMPLATE'],
    ['a secret of an account', '{{resolve:ssm:/a/b}}', 'UNKNOWN_REFERENCE'],
  ])('refuse %s in the name of who uses it', (_, value, code) => {
    expect(() => resolve(value)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^User: /) }),
    );
  });
});
