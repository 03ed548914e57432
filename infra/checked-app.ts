import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { newApp } from './synthesise.ts';

/** Makes the app of a deployment. Its synthesis throws what the CDK's own validation or cdk-nag finds in a template. */
export function newCheckedApp(outdir?: string): App {
  const app = newApp(outdir, { builtinCloudFormationValidation: true });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
