import { randomBytes } from 'node:crypto';
import type { FunctionModel } from '../model.ts';
import { LOCAL_REGION, localArn } from '../services/endpoints.ts';

export function functionArn(functionName: string): string {
  return localArn('lambda', `function:${functionName}`);
}

/** Tells what people call the function. The deployed name ends in letters that mean nothing to them. */
export function shortName({ name, environment }: FunctionModel): string {
  return environment['POWERTOOLS_SERVICE_NAME'] ?? name;
}

/**
 * Makes process.env of the function: Lambda's own variables, the template's, and the addresses of this machine's
 * services. Nothing of the environment that started the local run gets in.
 */
export function functionEnvironment(
  model: FunctionModel,
  services: Readonly<Record<string, string>>,
): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin',
    LAMBDA_TASK_ROOT: model.codeDirectory,
    LAMBDA_RUNTIME_DIR: model.codeDirectory,
    _HANDLER: model.handler,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    ...services,
    ...model.environment,
  };
}
