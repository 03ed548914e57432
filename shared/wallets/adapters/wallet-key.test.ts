import { mainWallet, sampleOperator } from '../../operators/operator.fixture.ts';
import { describe, expect, it } from 'vitest';
import { DependencyError, FaultError } from '../../foundation/errors.ts';
import { httpWallets } from './wallets.ts';

const secret = 'a secret that nobody may read';

/** Nobody listens at this address, so a call would not go unnoticed. */
function connect(read: (name: string) => Promise<string>) {
  const telemetry = { count: () => {}, warn: () => expect.unreachable('the wallet was called') };
  return httpWallets({ secret: read, clock: { nowMs: () => 0 }, timeoutMs: 1_000, telemetry }).of(
    sampleOperator({ walletUrl: 'http://127.0.0.1:9', walletSecretName: 'wallets/demo' }),
    mainWallet,
  );
}

describe("a wallet's readiness", () => {
  it('is checked without a call, by asking for its key by name', async () => {
    const names: unknown[] = [];
    const wallet = connect(async (name) => {
      names.push(name);
      return secret;
    });
    expect(await wallet.ready()).toBeUndefined();
    expect(names).toEqual(['wallets/demo']);
  });

  it.each([new DependencyError('SERVICE_UNAVAILABLE', secret), new FaultError('MISCONFIGURED', secret)])(
    'fails with a code, and the log keeps the reason: $code',
    async (cause) => {
      const wallet = connect(() => Promise.reject(cause));
      const refusal = await wallet.ready().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DependencyError);
      expect(refusal).toMatchObject({ code: 'WALLET_UNAVAILABLE', retryable: true, cause });
      expect((refusal as Error).message).not.toContain(secret);
    },
  );
});
