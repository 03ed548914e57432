import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildEngine, buildGame } from '../../engines/build.ts';
import { DynamoGameVersions } from '../../shared/games/adapters/game-versions.ts';
import { S3EngineArtefacts } from '../../shared/engines/adapters/engine-artefacts.ts';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import {
  assembleOriginal,
  CAPABILITIES,
  CONFORMING,
} from '../../shared/engines/host/hostile-engine.fixture.ts';
import {
  assembleRealtime,
  REALTIME_CAPABILITIES,
  type RealtimeParts,
} from '../../shared/engines/host/hostile-realtime.fixture.ts';
import { instrument } from '../../shared/engines/publishing/instrument.ts';
import { loadRealtime } from '../../shared/engines/host/realtime-engine.ts';
import { deployment, useLocalStage } from './local-stage.fixture.ts';
import { engineSource } from './engine-source.ts';
import { findVersion, listVersions } from './engine-versions.ts';
import { activateEngine, publishEngine } from './publish-engine.ts';
import { configTableOf } from './stage-tables.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const BUCKET = deployment.outputs.EnginesBucket;
/** Of a game with one action and no bonus, under happy-panda's name. */
const capabilities = { ...CAPABILITIES, engine_id: 'happy-panda' };

const folder = useLocalStage();
let s3: S3Client;
let versions: DynamoGameVersions;

beforeAll(() => {
  s3 = new S3Client();
  versions = new DynamoGameVersions(configTableOf(deployment));
});

async function stored(Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Lays a module down as somebody would who compiled it elsewhere. */
async function foreign(name: string, wasm: Uint8Array): Promise<string> {
  const file = path.join(folder(), name);
  await writeFile(file, wasm);
  const offer = { title: 'Happy Panda', state: 'fresh', bets: { EUR: ['1.00'] } };
  await writeFile(path.join(folder(), 'game.json'), JSON.stringify(offer));
  await writeFile(path.join(folder(), 'game.c'), 'int spin(void);');
  return file;
}

const provenance = () => ({ sources: path.join(folder(), 'game.c'), compiler: 'clang 20.1.0' });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('publishing an engine', () => {
  it('stores it under its hash with all that it was made of, and activates nothing', async () => {
    const source = await engineSource('engines/happy-panda', {});
    const { gameCode, hash, isNew } = await publishEngine(deployment, source);
    expect({ gameCode, isNew }).toEqual({ gameCode: 'happy-panda', isNew: true });
    const engine = await new EngineHost(new S3EngineArtefacts(BUCKET)).load(hash);
    expect(engine.capabilities.engineId).toBe('happy-panda');

    const record = JSON.parse((await stored(`engines/${hash}.json`)).toString());
    const built = await buildEngine('happy-panda');
    expect(record).toMatchObject({
      engine_sha256: hash,
      contract: 'wire',
      original_sha256: built.hash,
      sources_sha256: built.sourcesHash,
      tools: { compiler: built.compiler, instrumenter: expect.stringMatching(/binaryen \d/) },
      limits: { fuel_per_call: '4000000', memory_pages: 1024 },
      conformance: {
        steps: expect.any(Number),
        max_step_fuel: expect.stringMatching(/^\d+$/),
        max_state_bytes: expect.any(Number),
        max_view_bytes: expect.any(Number),
      },
      capabilities: { engine_id: 'happy-panda', lines: 20 },
    });
    const original = await stored(`originals/${built.hash}.wasm`);
    expect(sha256(original)).toBe(built.hash);
    expect(sha256(instrument(original))).toBe(hash);
    expect(await versions.activeHash(ids.game('happy-panda'))).toBeUndefined();
  });

  it('again finds the version that is there', async () => {
    const source = await engineSource('happy-panda', {});
    expect(await publishEngine(deployment, source)).toHaveProperty('isNew', false);
    expect(await versions.versions(ids.game('happy-panda'))).toMatchObject([
      { stateRule: 'fresh', bonusEndMillionths: 30_500_000n },
    ]);
  });

  it('again restores what was lost of a version that is known', async () => {
    const source = await engineSource('happy-panda', {});
    const { hash } = await publishEngine(deployment, source);
    const keys = [`engines/${hash}.wasm`, `engines/${hash}.json`];
    const kept = await Promise.all(keys.map(stored));
    for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    expect(await publishEngine(deployment, source)).toEqual({ gameCode: 'happy-panda', hash, isNew: false });
    expect(await Promise.all(keys.map(stored))).toEqual(kept);
  });

  it('takes a module that was compiled elsewhere, with its sources and compiler', async () => {
    const wasm = assembleOriginal({
      ...CONFORMING,
      capabilities: JSON.stringify({ ...capabilities, build_id: '2.0.0' }),
    });
    const source = await engineSource(await foreign('happy-panda.wasm', wasm), provenance());
    const { hash, isNew } = await publishEngine(deployment, source);
    expect(isNew).toBe(true);
    const record = JSON.parse((await stored(`engines/${hash}.json`)).toString());
    expect(record).toMatchObject({ original_sha256: sha256(wasm), tools: { compiler: 'clang 20.1.0' } });
    expect(record.sources_sha256).toMatch(/^[0-9a-f]{64}$/);
    await writeFile(path.join(folder(), 'game.c'), 'int spin(int);');
    const changed = await engineSource(path.join(folder(), 'happy-panda.wasm'), provenance());
    expect(changed.provenance.sourcesHash).not.toBe(record.sources_sha256);
  });

  it('activates it apart from that, and tells which versions there are', async () => {
    const [first, second] = await versions.versions(ids.game('happy-panda'));
    const hashes = [first?.hash ?? '', second?.hash ?? ''];
    for (const hash of hashes) await activateEngine(deployment, { gameCode: ids.game('happy-panda'), hash });
    await activateEngine(deployment, { gameCode: ids.game('happy-panda'), hash: hashes[0] ?? '' });
    await versions.retire(ids.game('happy-panda'), hashes[1] ?? '', Date.UTC(2026, 0, 2));
    const lines = (await listVersions(versions, ids.game('happy-panda'))).split('\n');
    expect(lines[0]).toMatch(new RegExp(`^active  ${hashes[0]} build 1.0.0, published \\S+Z$`));
    expect(lines[1]).toMatch(
      new RegExp(`^retired ${hashes[1]} build 2.0.0, .* retired 2026-01-02T00:00:00.000Z$`),
    );
    expect(lines.slice(4).map((line) => line.trim().split(' ').slice(0, 2))).toEqual([
      ['3', hashes[0]],
      ['2', hashes[1]],
      ['1', hashes[0]],
    ]);
    expect(await findVersion(versions, ids.game('happy-panda'), hashes[0]?.slice(0, 8) ?? '')).toBe(
      hashes[0],
    );
    await expect(findVersion(versions, ids.game('happy-panda'), 'abc')).rejects.toThrow('at least 8 digits');
    await expect(findVersion(versions, ids.game('happy-panda'), '0'.repeat(12))).rejects.toThrow(
      'has no version',
    );
    expect(await listVersions(versions, ids.game('koi-pond'))).toBe('koi-pond has no versions');
  });
});

describe('publishing a realtime game', () => {
  it('stores it, and tells in its record and of its version which contract it speaks', async () => {
    const source = await engineSource('engines/crash', {});
    const { hash, isNew } = await publishEngine(deployment, source);
    expect(isNew).toBe(true);
    const engine = await loadRealtime(new S3EngineArtefacts(BUCKET), hash);
    expect(engine.capabilities).toMatchObject({ engineId: 'crash', maxPlayers: 256 });
    const record = JSON.parse((await stored(`engines/${hash}.json`)).toString());
    const built = await buildGame('crash');
    expect(record).toMatchObject({
      engine_sha256: hash,
      contract: 'realtime',
      original_sha256: built.hash,
      sources_sha256: built.sourcesHash,
      limits: { fuel_per_call: '16000000', memory_pages: 1024 },
      conformance: {
        calls: expect.any(Number),
        max_call_fuel: expect.stringMatching(/^\d+$/),
        max_state_bytes: expect.any(Number),
        memory_pages: expect.any(Number),
      },
      capabilities: { engine_id: 'crash', max_players: 256, step_ms: 10 },
    });
    expect(sha256(instrument(await stored(`originals/${built.hash}.wasm`)))).toBe(hash);
    expect(await versions.version(ids.game('crash'), hash)).toMatchObject({
      contract: 'realtime',
      title: 'Crash',
    });
  });

  it('can be activated, is listed, and can be retired once another version is active', async () => {
    const source = await engineSource('crash', {});
    const { hash: first } = await publishEngine(deployment, source);
    const next = Buffer.from(source.original);
    next.write('1.0.1', next.indexOf(Buffer.from('1.0.0', 'utf16le')), 'utf16le');
    const { hash: second } = await publishEngine(deployment, { ...source, original: next });
    await activateEngine(deployment, { gameCode: ids.game('crash'), hash: first });
    await activateEngine(deployment, { gameCode: ids.game('crash'), hash: second });
    await versions.retire(ids.game('crash'), first, Date.UTC(2026, 0, 2));
    const lines = (await listVersions(versions, ids.game('crash'))).split('\n');
    expect(lines[0]).toMatch(new RegExp(`^retired ${first} build 1.0.0 \\(realtime\\), published `));
    expect(lines[1]).toMatch(new RegExp(`^active  ${second} build 1.0.1 \\(realtime\\), published `));
  });

  it('refuses one that is none of its game, or does not conform', async () => {
    const of = async (parts: Partial<RealtimeParts>) =>
      publishEngine(
        deployment,
        await engineSource(await foreign('hostile.wasm', assembleRealtime(parts)), provenance()),
      );
    await expect(of({ tick: '(loop $l (br $l))' })).rejects.toThrow('more fuel than a call may');
    await expect(of({ input: 'unreachable' })).rejects.toThrow('trapped');
    const other = JSON.stringify({ ...REALTIME_CAPABILITIES, engine_id: 'other' });
    await expect(of({ capabilities: other })).rejects.toThrow('The engine is other, and not that of');
    expect(await versions.versions(ids.game('hostile'))).toEqual([]);
    expect((await of({})).isNew).toBe(true);
  });
});

describe('what cannot be published', () => {
  async function objects(): Promise<number> {
    return (await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).KeyCount ?? 0;
  }

  it.each([
    ['an engine that does not exist', 'engines/sad-panda', 'no engine in engines/sad-panda; there are'],
    [
      'a game of another checkout',
      '/nowhere/engines/happy-panda',
      'no engine in /nowhere/engines/happy-panda',
    ],
    ['a file that does not exist', '/nowhere/happy-panda.wasm', 'There is no file'],
    ['a file that is not named as a game', '/nowhere/Happy_Panda.wasm', 'not named as a game is'],
  ])('is %s', async (_, target, message) => {
    await expect(engineSource(target, provenance())).rejects.toThrow(message);
  });

  it('is a module of which nobody tells what it was made of', async () => {
    const file = await foreign('happy-panda.wasm', assembleOriginal());
    for (const untold of [{}, { sources: folder() }, { compiler: 'clang' }]) {
      await expect(engineSource(file, untold)).rejects.toThrow('--sources FOLDER --compiler');
    }
    const missing = { ...provenance(), sources: path.join(folder(), 'missing') };
    await expect(engineSource(file, missing)).rejects.toThrow('no sources');
  });

  it('is a game that does not declare what becomes of its state, and the message says what it may declare', async () => {
    const file = await foreign('happy-panda.wasm', assembleOriginal());
    const offer = { title: 'Happy Panda', bets: { EUR: ['1.00'] } };
    for (const state of [{}, { state: 'free' }]) {
      await writeFile(path.join(folder(), 'game.json'), JSON.stringify({ ...offer, ...state }));
      await expect(engineSource(file, provenance())).rejects.toThrow(
        /say what becomes of the state between paid rounds: "fresh" .* "bound"/,
      );
    }
  });

  it('is a game with a bonus that does not declare what it pays where an operator ends it', async () => {
    const source = await engineSource('happy-panda', {});
    const kept = await objects();
    const undeclared = { ...source, bonusEndMillionths: undefined };
    await expect(publishEngine(deployment, undeclared)).rejects.toThrow(
      'declare in game.json what a bonus pays',
    );
    expect(await objects()).toBe(kept);
  });

  it('is a realtime game that declares a bound state', async () => {
    const source = await engineSource('crash', {});
    await expect(publishEngine(deployment, { ...source, stateRule: 'bound' })).rejects.toThrow(
      'a realtime game, whose state is of no bet',
    );
  });

  it.each([
    ['of another game', {}, 'The engine is hostile, and not that of the game happy-panda'],
    ['that imports something', { head: '(import "env" "clock" (func))' }, 'it may import nothing'],
    ['that never starts', { head: '(start $s) (func $s (loop $l (br $l)))' }, 'more fuel than a call may'],
  ])('is an engine %s; nothing of it is kept', async (_, parts, message) => {
    const kept = await objects();
    const source = await engineSource(
      await foreign('happy-panda.wasm', assembleOriginal(parts)),
      provenance(),
    );
    await expect(publishEngine(deployment, source)).rejects.toThrow(message);
    expect(await objects()).toBe(kept);
  });

  it('is an engine that does not conform', async () => {
    const kept = await objects();
    const wasm = assembleOriginal({ capabilities: JSON.stringify(capabilities), stepBody: '(i32.const -2)' });
    const source = await engineSource(await foreign('happy-panda.wasm', wasm), provenance());
    await expect(publishEngine(deployment, source)).rejects.toThrow('does not conform: it allows no action');
    expect(await objects()).toBe(kept);
    expect(await versions.versions(ids.game('happy-panda'))).toHaveLength(2);
  });
});
