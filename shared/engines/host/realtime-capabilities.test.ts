import { describe, expect, it } from 'vitest';
import { codeOf } from './hostile-engine.fixture.ts';
import { REALTIME_CAPABILITIES } from './hostile-realtime.fixture.ts';
import { parseRealtimeCapabilities } from './realtime-capabilities.ts';

const told = (changes: object = {}) => JSON.stringify({ ...REALTIME_CAPABILITIES, ...changes });

describe("A realtime engine's description of itself", () => {
  it('A realtime description is read as it is written', () => {
    expect(parseRealtimeCapabilities(told())).toEqual({
      engineId: 'hostile',
      buildId: '1.0.0',
      inputEncoding: 'hostile:v1',
      maxPlayers: 3,
      stepMs: 10,
      maxTickMs: 1_000,
      rtpMillionths: 950_000n,
      maxWinMillionths: 5_000_000n,
    });
  });

  it('A realtime description may be of a game without money', () => {
    const free = { rtp_millionths: '0', max_win_millionths: '0' };
    expect(parseRealtimeCapabilities(told(free)).rtpMillionths).toBe(0n);
  });

  it.each<[string, object]>([
    ['another version', { abi: 2 }],
    ['no name', { engine_id: '' }],
    ['a field too many', { lines: 20 }],
    ['a field too few', { max_players: undefined }],
    ['no players', { max_players: 0 }],
    ['steps of no length', { step_ms: 0 }],
    ['ticks that are shorter than a step', { step_ms: 20, max_tick_ms: 10 }],
    ['ticks that are longer than any', { max_tick_ms: 10_001 }],
    ['a return below the floor', { rtp_millionths: '749999' }],
    ['a return of more than the stake', { rtp_millionths: '1000001' }],
    ['a number in place of a string', { rtp_millionths: 950_000 }],
    ['a return without a win', { max_win_millionths: '0' }],
    ['a win without a return', { rtp_millionths: '0' }],
    ['states in another encoding', { encoding: { input: 'hostile:v1', state: 'bytes:v1' } }],
  ])('A realtime description is refused with %s', async (_, changes) => {
    expect(await codeOf(() => parseRealtimeCapabilities(told(changes)))).toBe('BAD_OUTPUT');
  });

  it('A realtime description is refused where it is no JSON, or names something twice', async () => {
    const twice = told().replace('{', '{"abi":1,');
    for (const text of ['', '{', twice]) {
      expect(await codeOf(() => parseRealtimeCapabilities(text))).toBe('BAD_OUTPUT');
    }
  });
});
