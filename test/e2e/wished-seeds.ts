import { loadBuiltEngine } from '../../engines/built-engine.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { EngineStep } from '../../shared/engines/engines.ts';
import { type GrpcServer, startGrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import { Random } from '../../shared/engines/grpc/proto/random/v1/random_pb.ts';
import { randomService } from '../../shared/engines/grpc/random-service.ts';
import type { LoadedEngine } from '../../shared/engines/host/loaded-engine.ts';

const SPIN = 0;
const BONUS = 1;

export const lost = ({ payoutMillionths, bonusActive }: EngineStep) =>
  payoutMillionths === 0n && !bonusActive;
export const won = ({ payoutMillionths, bonusActive }: EngineStep) => payoutMillionths > 0n && !bonusActive;
export const opensBonus = ({ bonusActive }: EngineStep) => bonusActive;

/** A service of seeds for happy-panda. It draws until the seed makes what a test wishes, so that no test waits for luck. */
export class WishedSeeds {
  readonly #engine: LoadedEngine;
  #fits: (seed: Uint8Array) => boolean = () => true;
  #isSpin = true;
  #spinSeed = new Uint8Array();

  private constructor(engine: LoadedEngine) {
    this.#engine = engine;
  }

  static async serve(): Promise<{ readonly seeds: WishedSeeds; readonly server: GrpcServer }> {
    const seeds = new WishedSeeds(await loadBuiltEngine('happy-panda'));
    const server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      routes: (router) => router.service(Random, randomService({ bytes: (length) => seeds.#draw(length) })),
    });
    return { seeds, server };
  }

  /** Each spin from now on is like this. */
  wishSpin(wish: (step: EngineStep) => boolean): void {
    this.#isSpin = true;
    this.#fits = (seed) => wish(this.#spun(seed));
  }

  /** The first action of the bonus that the last spin has opened is like this, however often it is played. */
  wishFirstAction(wish: (step: EngineStep) => boolean): void {
    const { state } = this.#spun(this.#spinSeed);
    this.#isSpin = false;
    this.#fits = (seed) => wish(this.#engine.step({ state, action: BONUS, seed, stepIndex: 0 }));
  }

  #spun(seed: Uint8Array): EngineStep {
    return this.#engine.step({ state: this.#engine.reset().state, action: SPIN, seed, stepIndex: 0 });
  }

  #draw(length: number): Uint8Array {
    for (;;) {
      const seed = new Uint8Array(systemRandom.bytes(length));
      if (!this.#fits(seed)) continue;
      if (this.#isSpin) this.#spinSeed = seed;
      return seed;
    }
  }
}
