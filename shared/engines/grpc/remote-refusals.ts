import { EngineError } from '../../foundation/errors.ts';
import { engineErrorFor } from './engine-status.ts';
import type { GrpcChannel } from './grpc-channel.ts';
import { Engine } from './proto/engine/v1/engine_pb.ts';
import type { RemoteEngine } from './remote-engine.ts';

/**
 * Puts requests to a server that the host itself never makes.
 * @throws EngineError BAD_OUTPUT where it accepts one, and with the host's code where it fails
 */
export async function checkRefusals(channel: GrpcChannel, engine: RemoteEngine): Promise<void> {
  const { engineId: envId, buildId, buildHash } = engine.build;
  const id = { envId, buildId, buildHash: Buffer.from(buildHash, 'hex') };
  const { state } = await engine.reset();
  const seed = new Uint8Array(32);
  const step = { id, state, seed, action: Uint8Array.of(0), stepIndex: 0n };
  const otherHash = Uint8Array.from(id.buildHash, (byte) => byte ^ 0xff);
  const wrongs = [
    ['an action that it has not', 'ENGINE_REJECTED', { ...step, action: Uint8Array.of(255) }],
    ['a step without an action', 'ENGINE_REJECTED', { ...step, action: new Uint8Array() }],
    ['a step without a seed', 'ENGINE_REJECTED', { ...step, seed: new Uint8Array() }],
    ['a step of another build', 'HASH_MISMATCH', { ...step, id: { ...id, buildHash: otherHash } }],
  ] as const;
  const client = channel.client(Engine);
  for (const [what, code, request] of wrongs) {
    // With all 256 actions there is none that it lacks.
    if (request.action[0] === 255 && engine.capabilities.actions.length === 256) continue;
    const met = await channel
      .call((options) => client.step(request, options))
      .then(
        () => 'none' as const,
        (cause: unknown) => engineErrorFor(cause),
      );
    if (met !== 'none' && met.code === code) continue;
    if (met !== 'none' && met.code === 'ENGINE_UNAVAILABLE') throw met;
    throw new EngineError('BAD_OUTPUT', `The engine's server does not refuse ${what}`);
  }
}
