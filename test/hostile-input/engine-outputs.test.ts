import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseCapabilities } from '../../shared/engines/capabilities.ts';
import type { EngineInstance } from '../../shared/engines/host/engine-instance.ts';
import { readStep } from '../../shared/engines/wire-format.ts';
import { EngineError } from '../../shared/foundation/errors.ts';
import { readView } from '../../shared/engines/round-view.ts';
import { type Json, readStrictly } from './json-reader.ts';
import { asBytes, jsonText } from './json-text.ts';
import { mutatedObject } from './mutations.ts';
import { hostile } from './runs.ts';
import { hostileText, numeral } from './strings.ts';

const BUFFER_BYTES = 65_536;
const MAX_STATE_BYTES = 8_192;
const MAX_PAYOUT = 5_000_000_000n;

function refusalOf(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return (error as EngineError).code;
  }
  return undefined;
}

interface Answer {
  readonly stateBytes: number;
  readonly claimedStateBytes: number;
  readonly payout: bigint;
  readonly flags: number;
  readonly view: Buffer;
  readonly lengthError: number;
}

/** What a module leaves in its output, and the length that it answers. */
function outputOf({ stateBytes, claimedStateBytes, payout, flags, view, lengthError }: Answer) {
  const output = new Uint8Array(BUFFER_BYTES);
  const outputView = new DataView(output.buffer);
  outputView.setUint32(0, claimedStateBytes, true);
  output.fill(7, 4, 4 + stateBytes);
  outputView.setBigInt64(4 + stateBytes, payout, true);
  outputView.setUint32(12 + stateBytes, flags, true);
  output.set(view, 16 + stateBytes);
  const length = Math.min(BUFFER_BYTES, Math.max(0, 16 + stateBytes + view.length + lengthError));
  const asciiText = (from: number, to: number) => Buffer.from(output.buffer).toString('latin1', from, to);
  const instance = { output, outputView, asciiText } as unknown as EngineInstance;
  return { instance, output, outputView, length };
}

const inner = fc.oneof(
  fc.constant({}),
  fc.constant(null),
  fc.dictionary(hostileText, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
);
const views = asBytes(
  fc.oneof(
    {
      weight: 9,
      arbitrary: mutatedObject({
        outcome: inner.map((object) => object ?? {}),
        public_state: inner.map((object) => object ?? {}),
        bonus_triggered: inner,
      }),
    },
    { weight: 1, arbitrary: jsonText },
  ),
);
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const answers: fc.Arbitrary<Answer> = fc
  .record({
    stateBytes: fc.oneof(
      { weight: 6, arbitrary: fc.nat(64) },
      fc.constantFrom(0, MAX_STATE_BYTES, MAX_STATE_BYTES + 1),
    ),
    claim: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      fc.constantFrom(1, 8_193, 65_536, 2 ** 31, 2 ** 32 - 1),
    ),
    payout: fc.oneof(
      { weight: 9, arbitrary: fc.bigInt(0n, MAX_PAYOUT) },
      fc.constantFrom(MAX_PAYOUT + 1n, -1n),
      int64,
    ),
    flags: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 }) },
      fc.constantFrom(4, 0x8000_0000, 0xffff_ffff),
    ),
    view: views.filter(({ length }) => length < 40_000),
    lengthError: fc.oneof(
      { weight: 9, arbitrary: fc.constant(0) },
      fc.constantFrom(-70_000, -20, -1, 1, 30_000),
    ),
  })
  .map(({ claim, ...answer }) => ({ ...answer, claimedStateBytes: claim ?? answer.stateBytes }));

function isObject(json: Json | undefined): boolean {
  return json instanceof Map;
}

/** The rules of docs/engines.md for the answer to a step, from the bytes alone. */
function expectedOf(outputView: DataView, length: number) {
  if (length < 16) return undefined;
  const stateBytes = outputView.getUint32(0, true);
  if (stateBytes > MAX_STATE_BYTES || 16 + stateBytes > length) return undefined;
  const payout = outputView.getBigInt64(4 + stateBytes, true);
  const flags = outputView.getUint32(12 + stateBytes, true);
  const bytes = new Uint8Array(outputView.buffer, 16 + stateBytes, length - 16 - stateBytes);
  const view = readStrictly(bytes)?.value;
  // A byte order mark would be part of the record.
  if (payout < 0n || payout > MAX_PAYOUT || flags > 3 || bytes[0] === 0xef || !(view instanceof Map))
    return undefined;
  const members = view as ReadonlyMap<string, Json>;
  const bonus = members.get('bonus_triggered');
  const isView =
    members.size === 3 &&
    isObject(members.get('outcome')) &&
    isObject(members.get('public_state')) &&
    (isObject(bonus) || bonus === null) &&
    (bonus !== null) === flags >= 2;
  return isView ? { stateBytes, payout, bonusActive: flags % 2 === 1, bytes } : undefined;
}

describe("an engine's answer", () => {
  it(
    'the answer to a step is read to the last byte, or refused',
    hostile(answers, (answer) => {
      const { instance, outputView, length } = outputOf(answer);
      const expected = expectedOf(outputView, length);
      if (expected === undefined) {
        expect(refusalOf(() => readStep(instance, length, MAX_PAYOUT))).toBe('BAD_OUTPUT');
        return 'refused';
      }
      const step = readStep(instance, length, MAX_PAYOUT);
      expect([step.payoutMillionths, step.bonusActive, step.state.length]).toEqual([
        expected.payout,
        expected.bonusActive,
        expected.stateBytes,
      ]);
      expect(Buffer.from(step.view).equals(expected.bytes)).toBe(true);
      // What was accepted can be stored, read and answered.
      expect(JSON.stringify(readView(step.view)).length).toBeGreaterThan(0);
      return 'accepted';
    }),
  );

  const figure = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('1000000', '950000', '5000000000') },
    numeral,
  );
  const mode = fc.record({
    name: fc.constant('base'),
    price_millionths: figure,
    rtp_millionths: figure,
    max_win_millionths: figure,
  });
  const capabilities = mutatedObject({
    abi: fc.constantFrom<unknown>(1, 1, 1, 1, 1, 1, 1, 1, 2, '1'),
    engine_id: fc.oneof({ weight: 9, arbitrary: fc.constant('coin') }, hostileText),
    build_id: fc.constant('1'),
    schema_version: fc.constant(1),
    encoding: fc.constant({ state: 'count:v1', action: 'discrete:v1', view: 'json:v1' }),
    action_space: fc.constant({ discrete: [{ name: 'spin', phase: 'base' }] }),
    max_horizon: fc.constantFrom<unknown>(1, 1, 1, 0, 65_537, Number.MAX_VALUE),
    modes: fc.array(mode, { minLength: 1, maxLength: 1 }),
    preferred_batch: fc.constant(1_000),
  });
  const texts = fc.oneof({ weight: 9, arbitrary: capabilities }, { weight: 1, arbitrary: jsonText });
  it(
    'what an engine says of itself is taken as it is written, or refused',
    hostile(texts, (text) => {
      const value = readStrictly(Buffer.from(text))?.value;
      const code = refusalOf(() => parseCapabilities(text));
      if (code !== undefined) {
        expect(code).toBe('BAD_OUTPUT');
        return 'refused';
      }
      const said = value as ReadonlyMap<string, Json>;
      const read = parseCapabilities(text);
      const [mode] = said.get('modes') as readonly ReadonlyMap<string, Json>[];
      expect(read.modes[0]?.maxWinMillionths.toString()).toBe(mode?.get('max_win_millionths'));
      expect(read.modes[0]?.rtpMillionths.toString()).toBe(mode?.get('rtp_millionths'));
      expect([read.engineId, read.buildId]).toEqual([said.get('engine_id'), said.get('build_id')]);
      return 'accepted';
    }),
  );
});
