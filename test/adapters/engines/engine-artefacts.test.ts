import { createHash, randomBytes } from 'node:crypto';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../shared/foundation/http-server.fixture.ts';
import { startTestServices, type TestServices } from '../../kit/services.ts';
import { S3EngineArtefacts } from '../../../shared/engines/adapters/engine-artefacts.ts';
import { publishArtefact, publishOrigin } from '../../../shared/engines/adapters/publish-artefact.ts';

const BUCKET = 'engines-bucket';
const credentials = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'eu-central-1',
};
const absent = 'ab'.repeat(32);

let local: TestServices;
let s3: S3Client;
let artefacts: S3EngineArtefacts;

beforeAll(async () => {
  local = await startTestServices();
  const { s3: endpoint } = local.services.endpoints;
  s3 = new S3Client({ ...local.access, endpoint, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  artefacts = new S3EngineArtefacts(BUCKET, { ...credentials, AWS_ENDPOINT_URL: endpoint });
});
afterAll(async () => {
  s3.destroy();
  await local.stop();
});

describe('a published engine', () => {
  it('lies beside what is told of it and the module that it was made from', async () => {
    const original = new Uint8Array(randomBytes(1_000));
    const record = { capabilities: { engine_id: 'panda' } };
    await publishOrigin(s3, BUCKET, absent, { original, record });
    const read = async (Key: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    };
    expect(JSON.parse((await read(`engines/${absent}.json`)).toString())).toEqual(record);
    const originalHash = createHash('sha256').update(original).digest('hex');
    expect((await read(`originals/${originalHash}.wasm`)).equals(original)).toBe(true);
  });

  it('is fetched by its hash, byte for byte', async () => {
    const wasm = new Uint8Array(randomBytes(300_000));
    const hash = await publishArtefact(s3, BUCKET, wasm);
    expect(hash).toBe(createHash('sha256').update(wasm).digest('hex'));
    const fetched = await artefacts.fetch(hash);
    expect(Buffer.compare(fetched, wasm)).toBe(0);
  });

  it('can be published again', async () => {
    const wasm = new Uint8Array(randomBytes(100));
    const hash = await publishArtefact(s3, BUCKET, wasm);
    expect(await publishArtefact(s3, BUCKET, wasm)).toBe(hash);
    expect(await artefacts.fetch(hash)).toEqual(wasm);
  });
});

describe('an engine is unavailable', () => {
  it('where it is not in the bucket', async () => {
    await expect(artefacts.fetch(absent)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      retryable: true,
    });
  });

  it('where S3 cannot be reached', async () => {
    const unreachable = new S3EngineArtefacts(BUCKET, {
      ...credentials,
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    });
    await expect(unreachable.fetch(absent)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });

  it('where there are no credentials', async () => {
    const anonymous = new S3EngineArtefacts(BUCKET, { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    await expect(anonymous.fetch(absent)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });

  it('where it has more than 16 MiB, however it is sent', async () => {
    const half = Buffer.alloc(9 * 1024 * 1024);
    const server = await startHttpServer(
      (_, response) => void response.write(half, () => response.end(half)),
    );
    const source = new S3EngineArtefacts(BUCKET, { ...credentials, AWS_ENDPOINT_URL_S3: server.endpoint });
    await expect(source.fetch(absent)).rejects.toThrow('more than 16777216 bytes');
    await server.stop();
  });
});

describe('S3 that fails', () => {
  async function fetchFrom(statuses: number[]) {
    const seen: { url: string | undefined; token: unknown; authorization: string | undefined }[] = [];
    const server = await startHttpServer(({ url, headers }, response) => {
      seen.push({ url, token: headers['x-amz-security-token'], authorization: headers.authorization });
      response.statusCode = statuses[seen.length - 1] ?? 200;
      response.end('wasm');
    });
    const environment = { ...credentials, AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL_S3: server.endpoint };
    const fetched = await new S3EngineArtefacts(BUCKET, environment).fetch(absent).then(
      (bytes) => Buffer.from(bytes).toString(),
      (error: unknown) => error,
    );
    await server.stop();
    return { fetched, seen };
  }

  it('once is asked again', async () => {
    const { fetched, seen } = await fetchFrom([503]);
    expect(fetched).toBe('wasm');
    expect(seen).toHaveLength(2);
  });

  it('twice makes the engine unavailable', async () => {
    const { fetched, seen } = await fetchFrom([503, 500]);
    expect(fetched).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(seen).toHaveLength(2);
  });

  it('with a refusal is not asked again', async () => {
    const { fetched, seen } = await fetchFrom([403]);
    expect(fetched).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(seen).toHaveLength(1);
  });

  it('is asked by path, signed for its region, with the session token', async () => {
    const { seen } = await fetchFrom([]);
    expect(seen[0]).toMatchObject({ url: `/${BUCKET}/engines/${absent}.wasm`, token: 'token' });
    expect(seen[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/eu-central-1\/s3\//);
  });
});
