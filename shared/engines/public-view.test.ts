import { describe, expect, it } from 'vitest';
import { EngineError } from '../foundation/errors.ts';
import { checkView } from './public-view.ts';

const view = (outcome: string) => `{"outcome":${outcome},"public_state":{},"bonus_triggered":null}`;

function codeFor(text: string, bonusTriggered = false): string {
  try {
    checkView(text, bonusTriggered);
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('A public view', () => {
  it('A public view is an object of three members, and agrees with the flag', () => {
    expect(codeFor(view('{"grid":[["A","B"]]}'))).toBe('no error');
    expect(codeFor(view('{}'), true)).toBe('BAD_OUTPUT');
    expect(codeFor(view('[]'))).toBe('BAD_OUTPUT');
    expect(codeFor(view('{},"more":{}'))).toBe('BAD_OUTPUT');
  });

  it('A public view names nothing twice, because auditors read the same bytes by other means', () => {
    expect(codeFor(view('{"win":1,"win":2}'))).toBe('BAD_OUTPUT');
    expect(codeFor(view('{"wins":[{"pay":1,"p\\u0061y":2}]}'))).toBe('BAD_OUTPUT');
    expect(codeFor(view('{},"outcome":{"win":1}'))).toBe('BAD_OUTPUT');
  });

  it('A public view is never so deep that the answer of the round could not be written', () => {
    const nested = (levels: number) => view(`{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`);
    expect(codeFor(nested(50))).toBe('no error');
    expect(codeFor(nested(10_000))).toBe('BAD_OUTPUT');
    JSON.stringify(JSON.parse(nested(50)));
  });
});
