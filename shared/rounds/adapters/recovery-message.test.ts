import { describe, expect, it } from 'vitest';
import { FaultError } from '../../foundation/errors.ts';
import { decodeRecoveryMessage, encodeRecoveryMessage } from './recovery-message.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const request = {
  log: {
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
  },
  number: 999_999_999,
  purpose: 'finish',
  attempt: 3,
} as const;

function codeFor(body: string): string {
  try {
    decodeRecoveryMessage(body);
  } catch (error) {
    if (error instanceof FaultError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('A message of the recovery queue', () => {
  it('A message is read as it was written', () => {
    expect(decodeRecoveryMessage(encodeRecoveryMessage(request))).toEqual(request);
    const later = { ...request, owedSinceMs: 1_700_000_000_000, claimedAtMs: 1_700_000_300_000 };
    expect(decodeRecoveryMessage(encodeRecoveryMessage(later))).toEqual(later);
  });

  it('A message with a number that no round can have is refused', () => {
    const body = encodeRecoveryMessage(request);
    for (const number of ['0', '1000000000', '1.5', '-1', '1e300', '"1"']) {
      expect(codeFor(body.replace('999999999', number))).toBe('CORRUPT_RECORD');
    }
  });

  it('A message that gives a name twice is refused, because it names two rounds', () => {
    const body = encodeRecoveryMessage(request).replace('{', '{"round_number":1,');
    expect(codeFor(body)).toBe('CORRUPT_RECORD');
  });

  it.each(['', '{', 'null', '[]', '{}', '"{}"'])('A text that is no message is refused: %j', (body) => {
    expect(codeFor(body)).toBe('CORRUPT_RECORD');
  });
});
