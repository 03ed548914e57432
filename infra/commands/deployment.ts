import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';

/** Commands need these outputs of a deployed stack, by the names that infra/stacks gives them. */
const Outputs = z.object({
  ApiUrl: z.string(),
  LedgerTable: z.string(),
  ConfigTable: z.string(),
  EnginesBucket: z.string(),
  ArchiveBucket: z.string(),
  DataKeyArn: z.string(),
  /** Stacks from before there were simulations lack these two. */
  SimulationsBucket: z.string().optional(),
  SimulationStateMachineArn: z.string().optional(),
});
export type Outputs = z.infer<typeof Outputs>;

export interface Deployment {
  readonly stage: string;
  readonly outputs: Outputs;
}

/** The local run writes this beside its data, so that commands find its services. */
const LocalDeployment = z.object({
  outputs: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()),
});
export const LOCAL_DEPLOYMENT_FILE = 'deployment.json';

/**
 * Finds the stack of a stage. The stage `local` is the local run, unless an endpoint is set. Its endpoints and
 * credentials then become this process's environment.
 * @throws Error with one line for the user where there is no such stack
 */
export async function findDeployment(stage: string): Promise<Deployment> {
  const local = stage === 'local' && process.env['AWS_ENDPOINT_URL'] === undefined;
  return deploymentOf(stage, local ? await localOutputs() : await stackOutputs(`rgs-${stage}`));
}

/** @throws ZodError where an output is missing */
export function deploymentOf(stage: string, outputs: Readonly<Record<string, string>>): Deployment {
  return { stage, outputs: Outputs.parse(outputs) };
}

async function localOutputs(): Promise<Record<string, string>> {
  const directory = process.env['RGS_DATA'] ?? '.rgs/data';
  const file = path.join(directory, LOCAL_DEPLOYMENT_FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR')
      throw new Error(`RGS_DATA is ${directory}, which is no folder; name the folder that npm start uses`);
    if (error.code === 'ENOENT')
      throw new Error(
        `No local stack runs on ${directory}; start it with "npm start", or name its folder with RGS_DATA`,
      );
    throw error;
  });
  const { outputs, environment } = LocalDeployment.parse(JSON.parse(text));
  Object.assign(process.env, environment);
  return outputs;
}

async function stackOutputs(stackName: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient();
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: unknown) => {
      throw new Error(
        `AWS did not describe the stack ${stackName}; deploy it, and check AWS_REGION and the credentials: ${reasonOf(error)}`,
        { cause: error },
      );
    });
  const outputs = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
