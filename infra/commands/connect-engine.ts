import { maxWinOf } from '../../shared/engines/engine-version.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { DynamoGameVersions } from '../../shared/games/adapters/game-versions.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { GrpcChannel } from '../../shared/engines/grpc/grpc-channel.ts';
import { RemoteEngine } from '../../shared/engines/grpc/remote-engine.ts';
import { checkRefusals } from '../../shared/engines/grpc/remote-refusals.ts';
import { simulateRemotely } from '../../shared/engines/grpc/remote-simulation.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { mergeTallies, type Tally } from '../../shared/simulation/tally.ts';
import type { StateRule } from '../../shared/engines/state-rule.ts';
import type { Game } from '../../shared/games/game.ts';
import { GameCode } from '../../shared/foundation/ids.ts';
import { checkBonusEnd } from '../../shared/engines/publishing/check-bonus-end.ts';
import type { Subject } from '../../shared/engines/publishing/conformance-play.ts';
import {
  checkRemoteConformance,
  type RemoteConformance,
} from '../../shared/engines/publishing/conformance-remote.ts';
import type { SimulatingSubject } from '../../shared/engines/publishing/conformance-simulation.ts';
import { isLoopback } from '../loopback.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { type Offer, readOffer } from './offer.ts';
import { progressLine } from '../../shared/command-line/adapters/progress.ts';
import { activateEngine } from './publish-engine.ts';
import { configTableOf } from './stage-tables.ts';

const TIMEOUT_MS = 5_000;
/** A server may be far away, and its steps are many. */
const STEPS_IN_FLIGHT = 16;

export interface EngineConnection {
  readonly gameCode: string;
  readonly url: string;
  /** The engine's id on the server. It is the game's code where none is given. */
  readonly engineId?: string | undefined;
  /** Says how the game is offered. Otherwise `engines/<game>/game.json` says it, or the offer stays as it is. */
  readonly offerFile?: string | undefined;
  readonly plaintext: boolean;
  /** Reports how many steps have been played to see whether the engine conforms. */
  readonly onSteps?: (steps: number) => void;
}

export interface ConnectedEngine {
  readonly engine: RemoteEngine;
  readonly conformance: RemoteConformance;
  /** It is true where no such version of the game was there before. */
  readonly isNew: boolean;
}

/**
 * Adds the build that a server has now to the versions of a game. Its name, its hash and its address are registered. No
 * other build will be accepted in its place. A build that is known already gets its new address. It is played when it is
 * made the active one.
 * @throws EngineError, Error with what is wrong
 */
export async function connectEngine(
  deployment: Deployment,
  connection: EngineConnection,
): Promise<ConnectedEngine> {
  const gameCode = GameCode.parse(connection.gameCode);
  const url = serverAddress(connection);
  const table = configTableOf(deployment);
  const known = await new DynamoRegistry(table).game(gameCode);
  const { title, bets, stateRule, bonusEndMillionths } = await offerOf(gameCode, connection.offerFile, known);
  const { engine, conformance } = await inspect({ ...connection, url }, stateRule);
  checkBonusEnd(engine.capabilities, bonusEndMillionths);

  const { hash, build } = engine;
  const { engineId, buildId, buildHash } = build;
  const version = { hash, engineId, buildId, publishedAtMs: systemClock.nowMs() };
  const maxWinMillionths = maxWinOf(engine.capabilities);
  const served = { ...version, maxWinMillionths, remote: { url, buildHash } };
  const versions = new DynamoGameVersions(table);
  const offer = { title, bets, stateRule, bonusEndMillionths };
  const isNew = await versions.publish({ ...version, gameCode, ...offer }, served);
  if (!isNew) await new DynamoRegistryAdmin(table).putEngineVersion(served);
  return { engine, conformance, isNew };
}

/** Seeds cross this connection before their rounds are played. Outside of this machine it is therefore encrypted. */
function serverAddress({ url, plaintext }: EngineConnection): string {
  const { protocol, hostname, origin } = new URL(z.url({ protocol: /^https?$/ }).parse(url));
  if (protocol === 'http:' && !isLoopback(hostname) && !plaintext) {
    throw new Error(
      `Seeds would cross the network unencrypted: use https, or --plaintext where ${hostname} is in a network of your own`,
    );
  }
  return origin;
}

/**
 * Asks the server for its engine, and plays it as publishing plays a module. So no game moves to an engine that cannot
 * be played.
 */
async function inspect(
  { url, gameCode, engineId = gameCode, onSteps = () => undefined }: EngineConnection,
  rule: StateRule,
): Promise<Pick<ConnectedEngine, 'engine' | 'conformance'>> {
  const [channel, other] = [new GrpcChannel(url, TIMEOUT_MS), new GrpcChannel(url, TIMEOUT_MS)];
  try {
    const engine = await RemoteEngine.connect(channel, { engineId, buildId: '', buildHash: '' });
    let steps = 0;
    const count = () => onSteps((steps += 1));
    await checkRefusals(channel, engine);
    const subject: SimulatingSubject = {
      ...subjectOf(engine, count),
      simulate: async (batch) => {
        const parts: Tally[] = [];
        for await (const part of simulateRemotely(channel, engine.build, batch)) parts.push(part);
        return mergeTallies(parts);
      },
    };
    const elsewhere = subjectOf(await RemoteEngine.connect(other, engine.build), count);
    return { engine, conformance: await checkRemoteConformance(subject, elsewhere, rule) };
  } finally {
    channel.close();
    other.close();
  }
}

function subjectOf(engine: RemoteEngine, onStep: () => void): Subject {
  return {
    capabilities: engine.capabilities,
    inFlight: STEPS_IN_FLIGHT,
    reset: () => engine.reset(),
    play: async (input) => {
      onStep();
      return { input, answer: await engine.step(input), fuel: 0n, memoryPages: 0 };
    },
  };
}

async function offerOf(gameCode: string, file: string | undefined, known: Game | undefined): Promise<Offer> {
  const own = path.join('engines', gameCode, 'game.json');
  if (file !== undefined || existsSync(own)) return readOffer(file ?? own);
  if (known) return known;
  throw new Error(`${gameCode} is new: say how it is offered with --offer FILE, in the form of a game.json`);
}

async function connectShowingProgress(
  deployment: Deployment,
  connection: EngineConnection,
): Promise<ConnectedEngine> {
  using progress = progressLine();
  const onSteps = (steps: number) => progress.show(`${connection.url}: ${steps} steps played`);
  return await connectEngine(deployment, { ...connection, onSteps });
}

export interface ConnectOptions {
  readonly stage: string;
  readonly url: string;
  readonly engine: string | undefined;
  readonly offer: string | undefined;
  readonly activate: boolean;
  readonly plaintext: boolean;
}

/** Connects the engine of a server with a game of a stage, and reports what it found. */
export async function connectOnStage(gameCode: GameCode, options: ConnectOptions): Promise<void> {
  const { stage, url, engine: engineId, offer: offerFile, plaintext, activate } = options;
  const deployment = await findDeployment(stage);
  const connection = { gameCode, url, engineId, offerFile, plaintext };
  const { engine, conformance, isNew } = await connectShowingProgress(deployment, connection);
  const { hash, build } = engine;
  console.log(`${url} has ${build.engineId} ${build.buildId}, build ${build.buildHash}`);
  console.log(`It conforms in ${conformance.rounds} rounds of ${conformance.steps} steps`);
  if (!conformance.simulates)
    console.log('It does not simulate: the return that it declares was not measured');
  console.log(`${isNew ? 'Connected' : 'Was connected before:'} ${gameCode} ${hash} (stage ${stage})`);
  if (!activate) {
    console.log(
      `New rounds play on it after: npm run engine:activate -- ${gameCode} ${hash} --stage ${stage}`,
    );
    return;
  }
  await activateEngine(deployment, { gameCode, hash });
  console.log('It is the active version: new rounds play on it within 30 seconds');
}
