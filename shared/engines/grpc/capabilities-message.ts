import { create } from '@bufbuild/protobuf';
import { EngineError } from '../../foundation/errors.ts';
import { parseCapabilities } from '../capabilities.ts';
import type { EngineCapabilities } from '../engines.ts';
import type { ServedEngine } from '../served-engine.ts';
import { utf8Of } from './remote-answer.ts';
import { type Capabilities, CapabilitiesSchema } from './proto/engine/v1/engine_pb.ts';

const ENCODING = { action: 'discrete:v1', obs: 'json:v1', schemaVersion: 1 } as const;

/** Writes what a served engine says of itself. */
export function capabilitiesMessage(engine: ServedEngine): Capabilities {
  const { engineId, buildId, stateEncoding, actions, maxHorizon, preferredBatch } = engine.capabilities;
  return create(CapabilitiesSchema, {
    id: { envId: engineId, buildId, buildHash: Buffer.from(engine.hash, 'hex') },
    enc: { state: stateEncoding, ...ENCODING },
    maxHorizon,
    actionSpace: { case: 'discreteN', value: actions.length },
    preferredBatch,
    capabilitiesJson: Buffer.from(engine.capabilitiesText()),
  });
}

/**
 * Reads what a server says of its engine, by the same rules as for a module.
 * @throws EngineError UNSUPPORTED_ABI where the host cannot play it, BAD_OUTPUT where it is nonsense
 */
export function readCapabilities(message: Capabilities): EngineCapabilities {
  const { actionSpace, enc, id } = message;
  if (
    actionSpace.case !== 'discreteN' ||
    enc?.action !== ENCODING.action ||
    enc.obs !== ENCODING.obs ||
    enc.schemaVersion !== ENCODING.schemaVersion
  ) {
    throw new EngineError(
      'UNSUPPORTED_ABI',
      "The engine's actions or views are not encoded as the host reads them",
    );
  }
  const told = parseCapabilities(utf8Of(message.capabilitiesJson));
  if (
    told.engineId !== id?.envId ||
    told.buildId !== id.buildId ||
    told.stateEncoding !== enc.state ||
    told.actions.length !== actionSpace.value ||
    told.maxHorizon !== message.maxHorizon ||
    told.preferredBatch !== message.preferredBatch
  ) {
    throw new EngineError('BAD_OUTPUT', 'The engine says two different things of itself');
  }
  return told;
}
