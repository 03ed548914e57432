import { describe, expect, it } from 'vitest';
import { FaultError } from '../foundation/errors.ts';
import { readView } from './round-view.ts';

describe('A stored view', () => {
  it('A stored view is read in the names of the domain', () => {
    const view = '{"outcome":{"a":1},"public_state":{"b":[2]},"bonus_triggered":{"c":"3"}}';
    expect(readView(view)).toEqual({
      outcome: { a: 1 },
      publicState: { b: [2] },
      bonusTriggered: { c: '3' },
    });
  });

  it.each(['{"outcome":{},"public_state":{}}', '{"outcome":{},"public_state":{},"bonus_triggered":null}'])(
    'A stored view has no bonus where it names none: %s',
    (view) => {
      expect(readView(view).bonusTriggered).toBeNull();
    },
  );

  it.each([
    '',
    'null',
    '1',
    '"view"',
    '{"outcome":',
    '{}}',
    '[]',
    '{}',
    '{"outcome":{}}',
    '{"outcome":1,"public_state":{}}',
    '{"outcome":{},"public_state":[]}',
    '{"outcome":{},"public_state":{},"bonus_triggered":true}',
  ])('A stored view is corrupt where it lacks the form in which an engine shows a step: %s', (view) => {
    expect(() => readView(view)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD' }));
    expect(() => readView(view)).toThrow(FaultError);
  });

  it('A stored view is corrupt where it is no JSON, and the cause says why', () => {
    expect(() => readView('{')).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_RECORD',
        cause: expect.objectContaining({ code: 'INVALID_JSON' }),
      }),
    );
  });
});
