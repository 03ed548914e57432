/** The CDK CLI runs this app: `npx cdk synth -c stage=dev [-c api=rest] [-c alarmEmail=ADDRESS]`. */
import { bundleFunctions } from './bundle.ts';
import { newCheckedApp } from './checked-app.ts';
import { InvalidStageError, refuseUnknownContext, type StageSettings, stageSettings } from './stages.ts';
import { addStack } from './synthesise.ts';

const app = newCheckedApp();
const given = (name: string): string | undefined => app.node.tryGetContext(name);

function settingsOfContext(): StageSettings {
  refuseUnknownContext(Object.keys(app.node.getAllContext()));
  return stageSettings(given('stage') ?? '', { api: given('api'), alarmEmail: given('alarmEmail') });
}

try {
  const settings = settingsOfContext();
  await bundleFunctions();
  addStack(app, settings);
  app.synth();
} catch (error) {
  if (!(error instanceof InvalidStageError)) throw error;
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}
