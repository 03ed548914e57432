import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineCapabilities } from '../shared/engines/engines.ts';
import { type Golden, GOLDEN_STEPS, goldenOf } from './golden.ts';
import { isOfPhase, type PlayedStep, playThrough } from './playthrough.ts';
import { RawEngine, readAnswer, stepBytes } from './raw-engine.ts';

/** A subject is an engine by whatever means it was made. Its contract is in docs/engines.md. */
export interface Subject {
  readonly name: string;
  module(): Promise<WebAssembly.Module>;
  golden(): Promise<Golden>;
}

const BAD_INPUT = -1;
const BAD_ACTION = -2;
const BAD_STATE = -3;
const FIRST_OWN_ERROR = -100;
const BUFFER_BYTES = 65_536;
/** After so many steps of a playthrough, the costly questions are asked again. */
const SAMPLE = 40;

/** Describes the tests that every engine of the wire contract must pass, whatever its game is. */
export function describeConformance(subject: Subject): void {
  const trial = new Trial();
  beforeAll(async () => trial.prepare(await subject.module()));
  describePlaythrough(subject, trial);
  describeActions(subject, trial);
  describeStates(subject, trial);
  describeInputs(subject, trial);
}

/** One engine and its golden playthrough. */
class Trial {
  #module: WebAssembly.Module | undefined;
  #engine: RawEngine | undefined;
  capabilities!: EngineCapabilities;
  played: readonly PlayedStep[] = [];

  prepare(module: WebAssembly.Module): void {
    this.#module = module;
    this.#engine = this.fresh();
    this.capabilities = this.engine.capabilities();
    this.played = playThrough(this.engine, this.capabilities.actions, GOLDEN_STEPS);
  }

  /** The instance that played. */
  get engine(): RawEngine {
    if (this.#engine === undefined) throw new Error('The engine is not loaded');
    return this.#engine;
  }

  fresh(): RawEngine {
    if (this.#module === undefined) throw new Error('The engine is not loaded');
    return new RawEngine(this.#module);
  }

  sample(): readonly PlayedStep[] {
    return this.played.filter((_, index) => index % SAMPLE === 0);
  }
}

function describePlaythrough(subject: Subject, trial: Trial): void {
  describe(`${subject.name}: a playthrough of ${GOLDEN_STEPS} steps`, () => {
    it('is the golden one, byte for byte', async () => {
      expect(goldenOf(trial.fresh())).toEqual(await subject.golden());
    });

    it('has the same answers from fresh and used instances, in any order, whatever the buffers hold', () => {
      const others = shuffled(trial.played).filter(({ input, output }, index) => {
        if (index % 7 === 0) trial.engine.soil(0xa5);
        return !sameBytes(trial.engine.ask('rgs_step', stepBytes(input)), output);
      });
      const othersFresh = trial
        .sample()
        .filter(({ input, output }) => !sameBytes(trial.fresh().ask('rgs_step', stepBytes(input)), output));
      expect([...others, ...othersFresh]).toEqual([]);
    });

    it('takes every action that the capabilities name', () => {
      const taken = new Set(trial.played.map(({ input }) => input.action));
      expect(trial.capabilities.actions.filter(({ code }) => !taken.has(code))).toEqual([]);
    });

    it('wins no more in a round and takes no more steps than the capabilities say', () => {
      const { maxHorizon } = trial.capabilities;
      const tooMuch = roundsOf(trial.played).filter((round) => {
        const win = round.reduce((sum, { answer }) => sum + answer.payoutMillionths, 0n);
        return round.length > maxHorizon || win > modeOf(trial.capabilities, round[0]).maxWinMillionths;
      });
      expect(tooMuch).toEqual([]);
    });

    it('never pays less than zero, and its views keep the contract', () => {
      expect(trial.played.filter(({ answer }) => !isWellFormed(answer))).toEqual([]);
    });
  });
}

function describeActions(subject: Subject, trial: Trial): void {
  describe(`${subject.name}: an action`, () => {
    it('is allowed or refused with -2 in every state, and refused in the wrong phase', () => {
      for (const { input, step } of trial.sample()) {
        for (const { code, phase } of trial.capabilities.actions) {
          const answer = trial.engine.ask('rgs_step', stepBytes({ ...input, action: code }));
          if (isOfPhase(phase, step > 0) && typeof answer !== 'number') expectWellFormed(readAnswer(answer));
          else expect(answer).toBe(BAD_ACTION);
        }
      }
    });

    it('is refused with -2 where it does not exist, is missing, or comes with a second one', () => {
      const unknown = fc.integer({ min: trial.capabilities.actions.length, max: 255 });
      for (const { input } of trial.sample().slice(0, 20)) {
        fc.assert(
          fc.property(unknown, (action) => {
            expect(trial.engine.call('rgs_step', stepBytes({ ...input, action }))).toBe(BAD_ACTION);
          }),
          { numRuns: 5 },
        );
        const bytes = stepBytes(input);
        expect(trial.engine.call('rgs_step', bytes.subarray(0, -1))).toBe(BAD_ACTION);
        expect(trial.engine.call('rgs_step', Buffer.concat([bytes, Uint8Array.of(0)]))).toBe(BAD_ACTION);
      }
    });

    it('ends any open round where it is the first bonus action and is repeated', () => {
      const closing = trial.capabilities.actions.find(({ phase }) => phase === 'bonus');
      if (closing === undefined) return;
      for (const { input, step, answer } of trial.sample().filter(({ answer }) => answer.bonusActive)) {
        let current = answer;
        for (let next = step + 1; current.bonusActive; next++) {
          expect(next).toBeLessThan(trial.capabilities.maxHorizon);
          const place = { ...input, stepIndex: BigInt(next), state: current.state, action: closing.code };
          const output = trial.engine.ask('rgs_step', stepBytes(place));
          if (typeof output === 'number') expect.fail(`${closing.name} is refused with ${output}`);
          current = readAnswer(output);
        }
      }
    });
  });
}

function describeStates(subject: Subject, trial: Trial): void {
  describe(`${subject.name}: a state`, () => {
    it('is refused with -3 when it is cut off or followed by more', () => {
      for (const { input } of trial.sample()) {
        const longer = Buffer.concat([input.state, Uint8Array.of(0)]);
        expect(trial.engine.call('rgs_step', stepBytes({ ...input, state: longer }))).toBe(BAD_STATE);
        if (input.state.length === 0) continue;
        expect(trial.engine.call('rgs_step', stepBytes({ ...input, state: input.state.subarray(1) }))).toBe(
          BAD_STATE,
        );
      }
    });

    it('is answered within the contract or refused whatever its bytes are, and never traps', () => {
      const places = fc.nat(trial.played.length - 1);
      const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 });
      fc.assert(
        fc.property(places, flips, fc.nat(255), (place, changes, action) => {
          const { input } = trial.played[place] as PlayedStep;
          const state = Uint8Array.from(input.state);
          for (const [at, bits] of changes) if (state.length > 0) state[at % state.length]! ^= bits;
          expectAnswerOrRefusal(trial.engine.ask('rgs_step', stepBytes({ ...input, state, action })));
        }),
        { numRuns: 2_000 },
      );
    });
  });
}

function describeInputs(subject: Subject, trial: Trial): void {
  describe(`${subject.name}: an input`, () => {
    it.each([-1, -(2 ** 31), BUFFER_BYTES + 1, 2 ** 31 - 1])('of %i bytes is refused with -1', (length) => {
      for (const call of ['rgs_step', 'rgs_reset', 'rgs_simulate'] as const) {
        expect(trial.engine.call(call, new Uint8Array(), length)).toBe(BAD_INPUT);
      }
    });

    it('is refused with -1 where its header is cut or a length does not fit', () => {
      for (const length of [0, 43])
        expect(trial.engine.call('rgs_step', new Uint8Array(length))).toBe(BAD_INPUT);
      const bytes = Buffer.from(stepBytes((trial.played[0] as PlayedStep).input));
      for (const following of [bytes.length - 43, 0xffff_ffff]) {
        bytes.writeUInt32LE(following, 40);
        expect(trial.engine.call('rgs_step', bytes)).toBe(BAD_INPUT);
      }
    });

    it('is answered within the contract or refused whatever its bytes are, and never traps', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(60), (bytes, following) => {
          if (bytes.length >= 44) new DataView(bytes.buffer).setUint32(40, following, true);
          expectAnswerOrRefusal(trial.engine.ask('rgs_step', bytes));
          expectAnswerOrRefusal(trial.engine.ask('rgs_reset', bytes));
        }),
        { numRuns: 2_000 },
      );
    });
  });
}

/** Gives an order that has nothing to do with the order of play. */
function shuffled(played: readonly PlayedStep[]): PlayedStep[] {
  const placed = played.map((step) => ({ step, place: orderOf(step) }));
  return placed.toSorted((a, b) => a.place.compare(b.place)).map(({ step }) => step);
}

function orderOf({ input }: PlayedStep): Buffer {
  return createHash('sha256').update(input.seed).update(`${input.stepIndex}`).digest();
}

function sameBytes(answer: Uint8Array | number, expected: Uint8Array): boolean {
  return typeof answer !== 'number' && Buffer.compare(answer, expected) === 0;
}

function roundsOf(played: readonly PlayedStep[]): [PlayedStep, ...PlayedStep[]][] {
  const rounds: [PlayedStep, ...PlayedStep[]][] = [];
  for (const step of played) {
    if (step.step === 0) rounds.push([step]);
    else rounds.at(-1)?.push(step);
  }
  return rounds;
}

function modeOf({ actions, modes }: EngineCapabilities, { input }: PlayedStep) {
  const mode = modes.find(({ name }) => name === actions[input.action]?.mode);
  if (mode === undefined) throw new Error(`Action ${input.action} opens no mode`);
  return mode;
}

function expectAnswerOrRefusal(answer: Uint8Array | number): void {
  if (typeof answer !== 'number') expectWellFormed(readAnswer(answer));
  else expect([-1, -2, -3, -4].includes(answer) || answer <= FIRST_OWN_ERROR).toBe(true);
}

function expectWellFormed(answer: ReturnType<typeof readAnswer>): void {
  expect(answer).toSatisfy(isWellFormed);
}

function isWellFormed({ payoutMillionths, flags, view }: ReturnType<typeof readAnswer>): boolean {
  if (payoutMillionths < 0n || (flags & ~3) !== 0) return false;
  const { outcome, public_state, bonus_triggered, ...more } = JSON.parse(view) as Record<string, unknown>;
  if (Object.keys(more).length > 0 || !isObject(outcome) || !isObject(public_state)) return false;
  return (flags & 2) !== 0 ? isObject(bonus_triggered) : bonus_triggered === null;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
