import binaryen from 'binaryen';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from './hostile-engine.fixture.ts';
import { RealtimeEngine } from './realtime-engine.ts';

const seed = Uint8Array.from({ length: 32 }, (_, index) => index + 1);

/** The parts of a well-behaved module, any of which a test may replace. It counts its ticks and shows them. */
interface Parts {
  readonly head: string;
  readonly memory: string;
  readonly abi: string;
  readonly inAt: string;
  readonly cap: string;
  readonly init: string;
  readonly tick: string;
  readonly input: string;
  readonly state: string;
  /** What is at address 131,072: a length and as many bytes. */
  readonly shown: Uint8Array;
  readonly exported: string;
}

const STATE_AT = 131_072;
const OWN = '(func (export "own") (result i32) (i32.const 1))';

function shown(text: string | Uint8Array, length = Buffer.from(text).length): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeInt32LE(length);
  return Buffer.concat([head, Buffer.from(text)]);
}

function assemble(parts: Partial<Parts> = {}): Uint8Array {
  const {
    head = '',
    memory = '(memory (export "memory") 3 1024)',
    abi = '(i32.const 1)',
    inAt = '(i32.const 0)',
    cap = '(i32.const 65536)',
    init = '(i32.const 0)',
    tick = '',
    input = '',
    state = `(i32.const ${STATE_AT})`,
    exported = OWN,
  } = parts;
  const data = Array.from(
    parts.shown ?? shown('{"ticks":0}'),
    (byte) => `\\${byte.toString(16).padStart(2, '0')}`,
  );
  const module = binaryen.parseText(`(module
    ${head}
    ${memory}
    (data (i32.const ${STATE_AT}) "${data.join('')}")
    (func (export "rgs_abi") (result i32) ${abi})
    (func (export "rgs_in") (result i32) ${inAt})
    (func (export "rgs_cap") (result i32) ${cap})
    (func (export "init") (param i32 i32) (result i32) ${init})
    (func (export "tick") (param f32) ${tick})
    (func (export "on_input") (param i32 i32 i32 i32) ${input})
    (func (export "serialize_state") (result i32) ${state})
    ${exported}
  )`);
  module.setFeatures(binaryen.Features.All);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

function load(parts: Partial<Parts> = {}): RealtimeEngine {
  return new RealtimeEngine(assemble(parts), seed);
}

const forever = '(loop $again (br $again))';

describe('a realtime engine', () => {
  it('shows what it wrote', () => {
    expect(load().state()).toBe('{"ticks":0}');
  });

  it('is given the seed and the configuration at once, in one piece', () => {
    const echo = `(i32.store (i32.const ${STATE_AT}) (i32.const 12))
      (memory.copy (i32.const ${STATE_AT + 4}) (i32.add (local.get 0) (i32.const 32)) (i32.const 12))
      (i32.sub (local.get 1) (i32.const 44))`;
    const engine = new RealtimeEngine(assemble({ init: echo }), seed, Buffer.from('{"speed":12}'));
    expect(engine.state()).toBe('{"speed":12}');
  });

  it("is given a player's id and input side by side", () => {
    const echo = `(memory.copy (i32.const ${STATE_AT + 5}) (local.get 0) (local.get 1))
      (memory.copy (i32.const ${STATE_AT + 9}) (local.get 2) (local.get 3))`;
    const engine = load({ input: echo, shown: shown('"idid....."') });
    engine.input('abcd', Buffer.from('12345'));
    expect(engine.state()).toBe('"abcd12345"');
  });

  it('is given any time in whole 1,024ths of a millisecond, which a 32-bit float has all of', () => {
    const engine = load();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 * 1_024 }), (parts) => {
        expect(() => engine.tick(parts / 1_024)).not.toThrow();
      }),
    );
  });

  it('is given time as it is', () => {
    const count = `(i32.store8 (i32.const ${STATE_AT + 4}) (i32.add (i32.const 48) (i32.trunc_f32_s (local.get 0))))`;
    const engine = load({ tick: count, shown: shown('0') });
    engine.tick(7.5);
    expect(engine.state()).toBe('7');
  });
});

describe('a module that is no realtime engine', () => {
  it.each<[string, Partial<Parts>]>([
    ['imports a function', { head: '(import "env" "clock" (func (result i64)))' }],
    ['has too much memory', { memory: '(memory (export "memory") 3 1025)' }],
    ['has memory without a maximum', { memory: '(memory (export "memory") 3)' }],
    ['does not show its memory', { memory: '(memory 3 1024)' }],
    ['speaks another version', { abi: '(i32.const 2)' }],
    ['has other buffers', { cap: '(i32.const 1024)' }],
    ['has its buffer outside of its memory', { inAt: '(i32.const 131073)' }],
  ])('is refused if it %s', async (_, parts) => {
    expect(await codeOf(() => load(parts))).toBe('UNSUPPORTED_ABI');
  });

  it('is refused if it is none at all, or lacks an export', async () => {
    expect(await codeOf(() => new RealtimeEngine(Buffer.from('no module'), seed))).toBe('UNSUPPORTED_ABI');
    const names = ['rgs_abi', 'rgs_in', 'rgs_cap', 'init', 'tick', 'on_input', 'serialize_state'];
    for (const name of names) {
      const wasm = Buffer.from(assemble());
      // Another name of the same length.
      wasm.write('_', wasm.indexOf(name), 'latin1');
      expect(await codeOf(() => new RealtimeEngine(wasm, seed))).toBe('UNSUPPORTED_ABI');
    }
  });
});

describe('a realtime engine that misbehaves', () => {
  it.each<[string, Partial<Parts>, string]>([
    ['refuses to begin', { init: '(i32.const -100)' }, 'ENGINE_REJECTED'],
    ['traps when it begins', { init: 'unreachable' }, 'ENGINE_TRAP'],
    ['traps when it is made', { head: '(start $start) (func $start unreachable)' }, 'ENGINE_TRAP'],
    ['never begins', { init: `${forever} (i32.const 0)` }, 'TIMEOUT'],
  ])('is refused if it %s', async (_, parts, code) => {
    expect(await codeOf(() => load(parts))).toBe(code);
  });

  it.each<[string, Partial<Parts>, string]>([
    ['traps', { tick: 'unreachable' }, 'ENGINE_TRAP'],
    ['does not come back', { tick: forever }, 'TIMEOUT'],
  ])('is given up if a tick %s', async (_, parts, code) => {
    const engine = load(parts);
    expect(await codeOf(() => engine.tick(10))).toBe(code);
  });

  it.each<[string, Partial<Parts>]>([
    ['is outside of its memory', { state: '(i32.const 196605)' }],
    ['is at a negative address', { state: '(i32.const -4)' }],
    ['is empty', { shown: shown('') }],
    ['is an error', { shown: shown('', -4) }],
    ['is longer than the buffer', { shown: shown('{}', 65_533) }],
    ['is not JSON', { shown: shown('{') }],
    ['is not UTF-8', { shown: shown(Uint8Array.of(0x22, 0xff, 0x22)) }],
  ])('is told apart if its state %s', async (_, parts) => {
    const engine = load(parts);
    expect(await codeOf(() => engine.state())).toBe('BAD_OUTPUT');
  });
});

describe('what the host does not bring to a realtime engine', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 10_000.5, 1 / 2_048, 16.7])(
    'time of %d ms',
    async (dtMs) => {
      const engine = load({ tick: 'unreachable' });
      expect(await codeOf(() => engine.tick(dtMs))).toBe('ENGINE_REJECTED');
    },
  );

  it('a player without an id, too much input, a seed of another length', async () => {
    const engine = load();
    expect(await codeOf(() => engine.input('', new Uint8Array(1)))).toBe('ENGINE_REJECTED');
    expect(await codeOf(() => engine.input('a', new Uint8Array(65_536)))).toBe('ENGINE_REJECTED');
    expect(await codeOf(() => new RealtimeEngine(assemble(), seed.subarray(1)))).toBe('ENGINE_REJECTED');
    expect(await codeOf(() => new RealtimeEngine(assemble(), seed, new Uint8Array(65_505)))).toBe(
      'ENGINE_REJECTED',
    );
  });
});
