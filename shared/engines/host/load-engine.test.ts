import { beforeAll, describe, expect, it } from 'vitest';
import { EngineHost } from './engine-host.ts';
import {
  assembleEngine,
  CAPABILITIES,
  codeOf,
  type EngineParts,
  hashOf,
  loadBytes,
  loadParts,
  UNMETERED,
} from './hostile-engine.fixture.ts';

const [mode] = CAPABILITIES.modes;
const TRAPS_AT_START = UNMETERED.replace('"rgs_start")', '"rgs_start") unreachable');

function told(changes: Record<string, unknown>): Partial<EngineParts> {
  return { capabilities: JSON.stringify({ ...CAPABILITIES, ...changes }) };
}

function actions(discrete: readonly object[]): Partial<EngineParts> {
  return told({ action_space: { discrete } });
}

describe('Loading an engine', () => {
  it('Loading an engine gives its description of itself', async () => {
    expect((await loadParts()).capabilities).toEqual({
      engineId: 'hostile',
      buildId: '1.0.0',
      stateEncoding: 'bytes:v1',
      actions: [{ name: 'spin', phase: 'base', code: 0, mode: 'base' }],
      modes: [
        {
          name: 'base',
          priceMillionths: 1_000_000n,
          rtpMillionths: 950_000n,
          maxWinMillionths: 5_000_000n,
        },
      ],
      lines: undefined,
      maxHorizon: 1,
      preferredBatch: 1_000,
    });
  });

  it('The host refuses bytes with another hash', async () => {
    const bytes = assembleEngine();
    const host = new EngineHost({ fetch: async () => bytes });
    expect(await codeOf(() => host.load(hashOf(new Uint8Array([1]))))).toBe('HASH_MISMATCH');
  });

  it.each([
    ['bytes that are no module', Buffer.from('not wasm')],
    ['no bytes', new Uint8Array()],
    ['a module that is cut off', assembleEngine().slice(0, 100)],
    ['an empty module', Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
  ])('The host refuses %s', async (_, bytes) => {
    expect(await codeOf(() => loadBytes(bytes))).toBe('UNSUPPORTED_ABI');
  });

  it.each<[string, Partial<EngineParts>]>([
    ['imports a function', { head: '(import "env" "clock" (func (result i64)))' }],
    ['imports a global', { head: '(import "env" "balance" (global i64))' }],
    [
      'imports its memory',
      { memory: '(import "env" "memory" (memory 4 1024)) (export "memory" (memory 0))' },
    ],
    ['does not export its memory', { memory: '(memory 4 1024)' }],
    ['exports something else as its memory', { memory: '(memory 4 1024) (func (export "memory"))' }],
    ['has a memory without a maximum', { memory: '(memory (export "memory") 4)' }],
    ['may have more memory than 64 MiB', { memory: '(memory (export "memory") 4 1025)' }],
    ['shares its memory', { memory: '(memory (export "memory") 4 1024 shared)' }],
    ['has a second memory', { memory: '(memory (export "memory") 4 1024) (memory $other 1 1024)' }],
    ['speaks another version of the contract', { abi: '(i32.const 2)' }],
    ['has smaller buffers', { capacity: 4096 }],
    ['has its input outside of its memory', { inAt: 4 * 65_536 }],
    ['has its output behind the end of its memory', { outAt: 4 * 65_536 - 65_535 }],
    ['has its input before its memory', { inAt: -1 }],
    ['has buffers that overlap', { inAt: 65_536 - 1 }],
    ['was not published', { injected: '' }],
    ['starts before it has fuel', { head: '(start $start) (func $start)' }],
  ])('The host refuses a module that %s', async (_, parts) => {
    expect(await codeOf(() => loadParts(parts))).toBe('UNSUPPORTED_ABI');
  });

  it('The host refuses a module that lacks a function', async () => {
    const text = Buffer.from(assembleEngine()).toString('latin1').replace('rgs_step', 'rgs_stop');
    expect(await codeOf(() => loadBytes(Buffer.from(text, 'latin1')))).toBe('UNSUPPORTED_ABI');
  });

  it.each<[string, Partial<EngineParts>]>([
    ['traps when it starts', { injected: TRAPS_AT_START }],
    ['traps when asked for its version', { abi: 'unreachable' }],
    ['traps when asked for its capabilities', { capabilitiesBody: 'unreachable' }],
    [
      'calls itself without end',
      {
        head: '(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))',
        capabilitiesBody: '(call $deep)',
      },
    ],
  ])('The host reports a module that %s as a trap', async (_, parts) => {
    expect(await codeOf(() => loadParts(parts))).toBe('ENGINE_TRAP');
  });

  it('The host runs nothing of a module before its interface is checked', async () => {
    const parts = { injected: TRAPS_AT_START, memory: '(memory (export "memory") 4)' };
    expect(await codeOf(() => loadParts(parts))).toBe('UNSUPPORTED_ABI');
  });
});

describe("An engine's description of itself", () => {
  it.each<[string, Partial<EngineParts>]>([
    ['is not JSON', { capabilities: '{"abi":1' }],
    ['is no object', { capabilities: '[]' }],
    ['is not UTF-8', { capabilities: Uint8Array.from([0x22, 0xff, 0x22]) }],
    ['is longer than the buffer', { capabilitiesBody: '(i32.const 65537)' }],
    ['is an error', { capabilitiesBody: '(i32.const -4)' }],
    ['has another version', told({ abi: 2 })],
    ['has an unknown field', told({ colour: 'red' })],
    ['lacks its name', told({ engine_id: undefined })],
    ['encodes actions in an unknown way', told({ encoding: { ...CAPABILITIES.encoding, action: 'box:v1' } })],
    ['has no action', told({ action_space: { discrete: [] } })],
    ['has no paid action', told({ action_space: { discrete: [{ name: 'free_spin', phase: 'bonus' }] } })],
    [
      'has two actions of one name',
      told({
        action_space: {
          discrete: [
            { name: 'spin', phase: 'base' },
            { name: 'spin', phase: 'bonus' },
          ],
        },
      }),
    ],
    ['has no mode', told({ modes: [] })],
    ['has two modes of one name', told({ modes: [mode, mode] })],
    ['returns more than it takes', told({ modes: [{ ...mode, rtp_millionths: '1000001' }] })],
    ['returns less than 75 % of it', told({ modes: [{ ...mode, rtp_millionths: '749999' }] })],
    [
      'returns less in one of its modes',
      told({
        modes: [mode, { ...mode, name: 'buy', rtp_millionths: '1' }],
        action_space: { discrete: ['base', 'buy'].map((name) => ({ name, phase: 'base', mode: name })) },
      }),
    ],
    ['returns nothing', told({ modes: [{ ...mode, rtp_millionths: '0' }] })],
    ['costs nothing', told({ modes: [{ ...mode, price_millionths: '0' }] })],
    ['writes a large number as one', told({ modes: [{ ...mode, max_win_millionths: 5_000_000 }] })],
    ['can win more than 64 bits hold', told({ modes: [{ ...mode, max_win_millionths: '9'.repeat(19) }] })],
    ['has no horizon', told({ max_horizon: 0 })],
    ['opens a mode that it does not have', actions([{ name: 'spin', phase: 'base', mode: 'buy' }])],
    ['has a mode that no action opens', told({ modes: [mode, { ...mode, name: 'buy' }] })],
    [
      'opens a mode by an action of a bonus',
      actions([
        { name: 'spin', phase: 'base' },
        { name: 'free_spin', phase: 'bonus', mode: 'base' },
      ]),
    ],
    ['costs nothing and wins', told({ modes: [{ ...mode, price_millionths: '0', rtp_millionths: '0' }] })],
  ])("An engine's description is refused where it %s", async (_, parts) => {
    expect(await codeOf(() => loadParts(parts))).toBe('BAD_OUTPUT');
  });

  it.each(['750000', '1000000'])('An engine may return %s millionths', async (rtp) => {
    expect(await codeOf(() => loadParts(told({ modes: [{ ...mode, rtp_millionths: rtp }] })))).toBe('none');
  });

  it('The description says which mode each action opens', async () => {
    const { capabilities } = await loadParts(
      told({
        modes: [mode, { ...mode, name: 'buy', price_millionths: '100000000' }],
        action_space: {
          discrete: [
            { name: 'spin', phase: 'base' },
            { name: 'buy', phase: 'base', mode: 'buy' },
            { name: 'free_spin', phase: 'bonus' },
          ],
        },
      }),
    );
    expect(capabilities.actions.map((action) => action.mode)).toEqual(['base', 'buy', undefined]);
  });

  it('A game may be without money, and its moves then open a round and go on with it', async () => {
    const free = { name: 'base', price_millionths: '0', rtp_millionths: '0', max_win_millionths: '0' };
    const { capabilities } = await loadParts(
      told({ modes: [free], action_space: { discrete: [{ name: 'place_0', phase: 'any' }] } }),
    );
    expect(capabilities.actions).toEqual([{ name: 'place_0', phase: 'any', code: 0, mode: 'base' }]);
    expect(capabilities.modes[0]?.priceMillionths).toBe(0n);
  });
});

describe('The memory limit', () => {
  let engine: Uint8Array;
  beforeAll(() => {
    engine = assembleEngine({ memory: '(memory (export "memory") 4 1024)' });
  });

  it('The memory limit allows 64 MiB', async () => {
    expect(await codeOf(() => loadBytes(engine))).toBe('none');
  });

  it('The memory limit is found behind sections of any name and size', async () => {
    const custom = Buffer.concat([Buffer.from([0, 0x84, 0x02, 3]), Buffer.from('abc'), Buffer.alloc(256, 5)]);
    const padded = Buffer.concat([engine.subarray(0, 8), custom, engine.subarray(8)]);
    expect(await codeOf(() => loadBytes(padded))).toBe('none');
  });
});
