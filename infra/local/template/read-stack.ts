import type { Endpoints } from '../services/endpoints.ts';
import type { StackModel } from '../model.ts';
import { readDocument } from './document.ts';
import { readEventSources } from './event-sources.ts';
import { readFunctions } from './functions.ts';
import { readHttpRoutes } from './http-routes.ts';
import type { Resources } from './resources.ts';
import { readRules } from './rules.ts';
import { readStateMachines } from './state-machines.ts';
import { readResources } from './stores.ts';
import { openTemplate } from './template.ts';

export interface Stack {
  readonly name: string;
  readonly model: StackModel;
  readonly resources: Resources;
  /** Resources that mean nothing on one machine, as `LogicalId (AWS::Type)`. */
  readonly ignored: readonly string[];
}

export interface StackOptions {
  readonly stackName: string;
  /** The template that `cdk synth` wrote, JSON. */
  readonly templatePath: string;
  /** The folders that would be zipped and uploaded, by the hash that the template names them with. */
  readonly assetDirectories: ReadonlyMap<string, string>;
  /** Where the API is served, `http://127.0.0.1:8080`: what its address in the outputs becomes. */
  readonly apiUrl: string;
  readonly endpoints: Pick<Endpoints, 'sqs'>;
}

/**
 * Reads a synthesised stack and resolves every intrinsic function in what the local run needs of it.
 * @throws TemplateError naming the resource, where the template says something that cannot be run here
 */
export function readStack(options: StackOptions): Stack {
  const { stackName, apiUrl } = options;
  const document = readDocument(options.templatePath);
  const template = openTemplate(document, { stackName, apiUrl, sqsEndpoint: options.endpoints.sqs });
  return {
    name: stackName,
    model: {
      functions: readFunctions(template, options.assetDirectories),
      routes: readHttpRoutes(template),
      ...readEventSources(template),
      ...readRules(template),
      stateMachines: readStateMachines(template),
      outputs: template.outputs,
    },
    resources: readResources(template),
    ignored: template.ignored,
  };
}
