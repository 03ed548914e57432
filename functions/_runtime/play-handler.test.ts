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
async function refusalFor(headers: Record<string, string>): Promise<RgsError | undefined> {
  try {
    await playReply(httpEvent({ headers }), request);
  } catch (error) {
    if (error instanceof RgsError) return error;
    throw error;
  }
  return undefined;
}
const codeFor = async (headers: Record<string, string>) => (await refusalFor(headers))?.code;

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

describe('a round number', () => {
  it.each(['1', '2', '10', '999999999'])('is accepted: %s', async (number) => {
    expect(await codeFor({ 'Round-Number': number })).toBe('MISCONFIGURED');
  });

  it.each([
    ['it is empty', ''],
    ['it is zero', '0'],
    ['it has a sign', '+1'],
    ['it is below zero', '-1'],
    ['it has a leading zero', '01'],
    ['it has decimals', '1.0'],
    ['it has an exponent', '1e3'],
    ['it is hexadecimal', '0x1'],
    ['it holds a space', ' 1'],
    ['it ends in a line break', '1\n'],
    ['it is a list', '1, 2'],
    ['it has other digits', '５'],
    ['it has ten digits', '1000000000'],
    ['it is a word', 'next'],
  ])('is refused where %s', async (_, number) => {
    const refusal = await refusalFor({ 'round-number': number });
    expect(refusal?.code).toBe('INVALID_REQUEST');
    expect(refusal?.flaws).toMatchObject([{ at: 'header/round-number' }]);
  });
});
