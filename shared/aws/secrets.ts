import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { FaultError } from '../foundation/errors.ts';
import type { Clock } from '../foundation/clock.ts';
import { awsCall } from './aws-call.ts';
import { ExpiringCache } from '../foundation/expiring-cache.ts';

/** A process uses a secret for this long after the secret was changed. */
const LIFE_MS = 5 * 60 * 1000;
const MAX_ENTRIES = 1_000;

/** Reads secrets by their names from Secrets Manager. */
export class Secrets {
  readonly #client: SecretsManagerClient;
  readonly #values: ExpiringCache<string>;

  constructor(client: SecretsManagerClient, clock: Clock) {
    this.#client = client;
    this.#values = new ExpiringCache({ clock, maxEntries: MAX_ENTRIES, lifeMs: () => LIFE_MS });
  }

  /**
   * Reads the text of one secret.
   * @throws FaultError MISCONFIGURED where there is no such secret, or no text in it
   * @throws DependencyError SERVICE_UNAVAILABLE
   */
  async secret(name: string): Promise<string> {
    return this.#values.read(name, () => this.#fetch(name));
  }

  async #fetch(name: string): Promise<string> {
    const { SecretString } = await awsCall('Secrets Manager', async () => {
      try {
        return await this.#client.send(new GetSecretValueCommand({ SecretId: name }));
      } catch (error) {
        throw error instanceof ResourceNotFoundException ? missing(name, error) : error;
      }
    });
    if (typeof SecretString !== 'string' || SecretString === '') throw missing(name);
    return SecretString;
  }
}

function missing(name: string, cause?: unknown): FaultError {
  return new FaultError('MISCONFIGURED', `There is no secret text named ${name}`, { cause });
}
