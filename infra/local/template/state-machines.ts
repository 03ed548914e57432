import * as z from 'zod';
import type { StateMachineModel } from '../model.ts';
import { TemplateError } from './error.ts';
import type { Functions } from './functions.ts';
import { Definition, type MapState, type TaskState } from './states-language.ts';
import type { Resource, Template } from './template.ts';

const schema = z.object({
  StateMachineName: z.string().optional(),
  DefinitionString: z.string(),
});

/** @throws TemplateError where a machine has a state that is not run here, or leads to nothing */
export function readStateMachines(template: Template, functions: Functions): StateMachineModel[] {
  return template.ofType('AWS::StepFunctions::StateMachine').map((resource) => {
    const { DefinitionString } = resource.read(schema, ['RoleArn', 'Tags']);
    const definition = readDefinition(DefinitionString, resource);
    return {
      arn: resource.identity.ref,
      definition,
      functionNames: functionNames(definition, functions, resource),
    };
  });
}

function readDefinition(text: string, resource: Resource): Definition {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new TemplateError('INVALID_TEMPLATE', resource.logicalId, 'has a definition that is not JSON');
  }
  const parsed = Definition.safeParse(document);
  if (!parsed.success) {
    const flaws = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new TemplateError(
      'UNSUPPORTED_PROPERTY',
      resource.logicalId,
      `cannot be run here: ${flaws.join('; ')}`,
    );
  }
  checkTransitions(parsed.data, resource);
  for (const state of Object.values(parsed.data.States))
    if (state.Type === 'Map') checkTransitions(state.ItemProcessor, resource);
  return parsed.data;
}

interface Transitions {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, TaskState | MapState>>;
}

/** Every state leads to another one or is an end. */
function checkTransitions({ StartAt, States }: Transitions, { logicalId }: Resource): void {
  const targets = Object.values(States).map(({ Next, End }) => (End ? undefined : (Next ?? '')));
  for (const target of [StartAt, ...targets])
    if (target !== undefined && !Object.hasOwn(States, target))
      throw new TemplateError(
        'INVALID_TEMPLATE',
        logicalId,
        `leads to the state "${target}", which it lacks`,
      );
}

/** The functions that the machine invokes, by what it calls them. */
function functionNames(
  { States }: Definition,
  functions: Functions,
  { logicalId }: Resource,
): ReadonlyMap<string, string> {
  const tasks = Object.values(States).flatMap((state) =>
    state.Type === 'Task' ? [state] : Object.values(state.ItemProcessor.States),
  );
  const references = tasks.map(({ Parameters }) => Parameters.FunctionName);
  return new Map(references.map((reference) => [reference, functions.named(reference, logicalId).name]));
}
