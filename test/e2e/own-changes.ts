import { randomUUID } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { deploymentOf } from '../../infra/commands/deployment.ts';
import { configTableOf } from '../../infra/commands/stage-tables.ts';
import type { NativeItem } from '../../shared/aws/attribute-values.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { sampleOperator } from '../../shared/operators/operator.fixture.ts';
import { call, Player } from './client.ts';
import { Insider, type ItemKey } from './insider.ts';
import type { Target } from './target.ts';

/** A signed item that the product has changed. */
export interface Changed {
  /** Whoever can write its table. */
  readonly insider: Insider;
  readonly key: ItemKey;
  /** The item as it was before. */
  readonly former: NativeItem;
}

/** Makes items of the configuration and sessions, and changes them as the commands and the API do. */
export class OwnChanges {
  readonly #target: Target;
  readonly #clients;
  readonly #admin: DynamoRegistryAdmin;
  readonly #registry: DynamoRegistry;
  readonly #config: Insider;
  readonly #sessions: Insider;

  constructor(target: Target) {
    const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    const endpointOf = (service: string) => target.environment[`AWS_ENDPOINT_URL_${service}`] ?? '';
    this.#clients = {
      dynamodb: documentClient({ ...access, endpoint: endpointOf('DYNAMODB') }),
      kms: new KMSClient({ ...access, endpoint: endpointOf('KMS') }),
    };
    const table = configTableOf(deploymentOf('local', target.outputs), this.#clients);
    this.#target = target;
    this.#admin = new DynamoRegistryAdmin(table);
    this.#registry = new DynamoRegistry(table);
    this.#config = new Insider(target, 'ConfigTable');
    this.#sessions = new Insider(target, 'SessionsTable');
  }

  async movedOperator(): Promise<Changed> {
    const { operatorId, key } = await this.#registered();
    const former = await this.#config.item(key);
    await this.#admin.putOperator(sampleOperator({ walletUrl: 'https://new.example' }, { operatorId }));
    return { insider: this.#config, key, former };
  }

  async replacedKey(): Promise<Changed> {
    const { operatorId, keyHash } = await this.#registered();
    const key = { pk: `operator-key#${keyHash}`, sk: 'operator-key' };
    const former = await this.#config.item(key);
    await this.#admin.putOperator(sampleOperator({}, { operatorId }), newKeyHash());
    return { insider: this.#config, key, former };
  }

  async disabledGame(): Promise<Changed> {
    const [demo] = await this.#registry.games();
    if (!demo) throw new Error('there is no game');
    const gameCode = ids.game(`copy-${randomUUID().slice(0, 8)}`);
    await this.#admin.putGame({ ...demo, gameCode });
    const key = { pk: 'games', sk: gameCode };
    const former = await this.#config.item(key);
    await this.#admin.switchGame(gameCode, false);
    return { insider: this.#config, key, former };
  }

  async revokedSession(): Promise<Changed> {
    const { sessionId } = await Player.open(this.#target);
    const key = { pk: `session#${sessionId}`, sk: 'session' };
    const former = await this.#sessions.item(key);
    await call(this.#target, 'DELETE', `/api/v1/sessions/${sessionId}`);
    return { insider: this.#sessions, key, former };
  }

  async #registered() {
    const [operatorId, keyHash] = [ids.operator(`own-${randomUUID().slice(0, 8)}`), newKeyHash()];
    await this.#admin.putOperator(sampleOperator({}, { operatorId }), keyHash);
    return { operatorId, keyHash, key: { pk: `operator#${operatorId}`, sk: 'operator' } };
  }

  close(): void {
    for (const insider of [this.#config, this.#sessions]) insider.close();
    this.#clients.dynamodb.destroy();
    this.#clients.kms.destroy();
  }
}

function newKeyHash(): string {
  return `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
}
