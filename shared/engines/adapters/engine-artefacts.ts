import { AwsClient } from 'aws4fetch';
import { EngineError } from '../../foundation/errors.ts';
import type { EngineArtefacts } from '../engines.ts';
import { artefactKey } from './artefact-key.ts';

/** An engine has some hundred kilobytes. No engine may ever need more than this. */
const MAX_ARTEFACT_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 5_000;
/** Answers 5xx and 429 are retried so often within the same time. */
const RETRIES = 1;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Fetches engines from their bucket by one signed GET. The SDK's S3 client would take 47 of the 150 KB (gzipped) that a
 * spin's bundle may have. Region, credentials and endpoint come from the variables that the SDK reads.
 */
export class S3EngineArtefacts implements EngineArtefacts {
  readonly #bucket: string;
  readonly #environment: Environment;

  constructor(bucket: string, environment: Environment = process.env) {
    this.#bucket = bucket;
    this.#environment = environment;
  }

  /** The caller checks the hash. @throws EngineError ENGINE_UNAVAILABLE */
  async fetch(hash: string): Promise<Uint8Array> {
    try {
      const url = objectUrl(this.#environment, this.#bucket, artefactKey(hash));
      const response = await signer(this.#environment).fetch(url, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.ok) return await bodyOf(response, hash);
      await response.body?.cancel();
      throw unavailable(hash, `S3 answered ${response.status}`);
    } catch (cause) {
      throw cause instanceof EngineError ? cause : unavailable(hash, 'S3 could not be reached', cause);
    }
  }
}

/** A signer is made for each fetch, because a function's credentials may be renewed. */
function signer(environment: Environment): AwsClient {
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return new AwsClient({
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken && { sessionToken }),
    service: 's3',
    region: regionOf(environment),
    retries: RETRIES,
  });
}

/**
 * Where an endpoint is given, the address has the bucket in its path, because `bucket.127.0.0.1` has no address.
 * Otherwise the bucket is in the host, as AWS wants it.
 */
function objectUrl(environment: Environment, bucket: string, key: string): string {
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'];
  if (endpoint) return `${endpoint.replace(/\/+$/, '')}/${bucket}/${key}`;
  return `https://${bucket}.s3.${regionOf(environment)}.amazonaws.com/${key}`;
}

function regionOf(environment: Environment): string {
  return environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1';
}

async function bodyOf(response: Response, hash: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ARTEFACT_BYTES) throw unavailable(hash, `it has more than ${MAX_ARTEFACT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function unavailable(hash: string, why: string, cause?: unknown): EngineError {
  return new EngineError('ENGINE_UNAVAILABLE', `The engine ${hash.slice(0, 12)} cannot be fetched: ${why}`, {
    cause,
  });
}
