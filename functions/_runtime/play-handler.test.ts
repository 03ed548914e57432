import { describe, expect, it } from 'vitest';
import { RgsError } from '../../shared/foundation/errors.ts';
import { httpEvent } from './http-event.fixture.ts';
import { playReply } from './play-handler.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const request = {
  gameCode: ids.game('happy-panda'),
  kind: 'spin',
  sessionId: ids.session('7d9f2a10-5b6c-4d7e-9f80-112233445566'),
  betAmount: '1.00',
  betLines: undefined,
} as const;

/**
 * The key is checked before anything else is needed. A good key gets as far as the settings, of which there are none.
 */
async function codeFor(headers: Record<string, string>): Promise<string> {
  try {
    await playReply(httpEvent({ headers }), request);
  } catch (error) {
    if (error instanceof RgsError) return error.code;
    throw error;
  }
  return 'answered';
}

describe('an idempotency key', () => {
  it.each(['k', 'k'.repeat(64), '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '!~'])(
    'is accepted: %s',
    async (key) => {
      expect(await codeFor({ 'Idempotency-Key': key })).toBe('MISCONFIGURED');
    },
  );

  it.each([
    ['it is empty', ''],
    ['it is too long', 'k'.repeat(65)],
    ['it holds a space', 'a b'],
    ['it holds a line break', 'a\nb'],
    ['it ends in a line break', 'ab\n'],
    ['it holds a control character', 'a\u0000'],
    ['it is not ASCII', 'schlüssel'],
  ])('is refused where %s', async (_, key) => {
    expect(await codeFor({ 'idempotency-key': key })).toBe('INVALID_IDEMPOTENCY_KEY');
  });

  it('is required', async () => {
    expect(await codeFor({})).toBe('MISCONFIGURED');
  });
});
