import { describe, expect, it } from 'vitest';
import { evaluateCondition, resolveIntrinsics, type Scope } from './intrinsics.ts';

const scope: Scope = {
  reference: (name) => ({ Name: 'ledger', Count: 3, 'AWS::NoValue': undefined })[name],
  attribute: (logicalId, attribute) => `${logicalId}/${attribute}`,
  condition: (name) => name === 'Held',
  mapping: (map, topKey, secondKey) => `${map}.${topKey}.${secondKey}`,
};

const resolve = (value: unknown) => resolveIntrinsics(value, scope, 'User');

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Name' }, 'ledger'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    ['Fn::GetAtt as text, of a nested attribute', { 'Fn::GetAtt': 'Table.Outputs.Arn' }, 'Table/Outputs.Arn'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Name' }, { Ref: 'Count' }]] }, 'a-ledger-3'],
    ['Fn::Sub', { 'Fn::Sub': '${Name}:${Table.Arn}:${!Name}' }, 'ledger:Table/Arn:${Name}'],
    ['Fn::Sub with values', { 'Fn::Sub': ['${Here}-${Name}', { Here: { Ref: 'Count' } }] }, '3-ledger'],
    ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Fn::Select by text', { 'Fn::Select': ['0', { 'Fn::Split': ['/', 'x/y'] }] }, 'x'],
    ['Fn::Split', { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Table', 'Arn'] }] }, ['Table', 'Arn']],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'Name' }, 'key'] }, 'Map.ledger.key'],
    ['Fn::If, held', { 'Fn::If': ['Held', { Ref: 'Name' }, 'no'] }, 'ledger'],
    ['Fn::If, not held', { 'Fn::If': ['Other', 'yes', ['no']] }, ['no']],
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
    expect(
      resolve({ kept: 1, dropped: nothing, list: [nothing, 2], chosen: { 'Fn::If': ['Other', 1, nothing] } }),
    ).toEqual({
      kept: 1,
      list: [2],
    });
  });

  it('decide only between branches, so that the other may say what has no value here', () => {
    const value = { 'Fn::If': ['Held', 'fine', { 'Fn::Unheard': [] }] };
    expect(resolve(value)).toBe('fine');
  });

  it.each<[string, unknown, boolean]>([
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'Name' }, 'ledger'] }, true],
    ['Fn::Not', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'a'] }] }, false],
    ['Fn::And', { 'Fn::And': [{ Condition: 'Held' }, { Condition: 'Other' }] }, false],
    ['Fn::Or', { 'Fn::Or': [{ Condition: 'Held' }, { Condition: 'Other' }] }, true],
    ['Condition', { Condition: 'Held' }, true],
  ])('evaluate %s', (_, definition, expected) => {
    expect(evaluateCondition(definition, scope, 'Conditions')).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['an unknown function', { 'Fn::ImportValue': 'x' }, 'UNKNOWN_INTRINSIC'],
    ['a name from the prototype', { 'Fn::constructor': [] }, 'UNKNOWN_INTRINSIC'],
    ['an index that is not there', { 'Fn::Select': [2, ['a']] }, 'INVALID_TEMPLATE'],
    ['a join of objects', { 'Fn::Join': ['', [{ a: 1 }]] }, 'INVALID_TEMPLATE'],
    ['a secret of an account', '{{resolve:ssm:/a/b}}', 'UNKNOWN_REFERENCE'],
  ])('refuse %s in the name of who uses it', (_, value, code) => {
    expect(() => resolve(value)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^User: /) }),
    );
  });
});
