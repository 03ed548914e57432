/** What the CDK CLI runs: `npx cdk synth -c stage=dev [-c api=rest] [-c alarmEmail=ADDRESS]`. */
import { bundleFunctions } from './bundle.ts';
import { newCheckedApp } from './checked-app.ts';
import { stageSettings } from './stages.ts';
import { addStack } from './synthesise.ts';

const app = newCheckedApp();
const given = (name: string): string | undefined => app.node.tryGetContext(name);
const settings = stageSettings(given('stage') ?? '', { api: given('api'), alarmEmail: given('alarmEmail') });
await bundleFunctions();
addStack(app, settings);
app.synth();
