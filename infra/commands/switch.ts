import { DynamoRegistryAdmin } from '../../shared/games/adapters/registry-admin.ts';
import { GameCode, OperatorId } from '../../shared/foundation/ids.ts';
import { findDeployment } from './deployment.ts';
import { configTableOf } from './stage-tables.ts';

/** Switches a game of a stage on or off, and says so. @throws FaultError MISCONFIGURED where there is none */
export async function switchGameOnStage(stage: string, gameCode: string, state: 'on' | 'off'): Promise<void> {
  const admin = new DynamoRegistryAdmin(configTableOf(await findDeployment(stage)));
  await admin.switchGame(GameCode.parse(gameCode), state === 'on');
  console.log(switched(gameCode, state));
}

/** Switches an operator of a stage on or off, and says so. @throws FaultError MISCONFIGURED where there is none */
export async function switchOperatorOnStage(
  stage: string,
  operatorId: string,
  state: 'on' | 'off',
): Promise<void> {
  const admin = new DynamoRegistryAdmin(configTableOf(await findDeployment(stage)));
  await admin.switchOperator(OperatorId.parse(operatorId), state === 'on');
  console.log(switched(operatorId, state));
}

function switched(name: string, state: 'on' | 'off'): string {
  return `${name} is ${state}; all processes know it within 30 seconds`;
}
