import * as z from 'zod';
import type { StateMachineModel } from '../model.ts';
import { parseJson } from './document.ts';
import { TemplateError } from './error.ts';
import { Definition, type TaskState, type Workflow } from './states-language.ts';
import { checked, type Resource, type Template } from './template.ts';

const schema = z.object({
  StateMachineName: z.string().optional(),
  DefinitionString: z.string(),
});

/** @throws TemplateError where a machine has a state that is not run here, or leads to nothing */
export function readStateMachines(template: Template): StateMachineModel[] {
  return template.ofType('AWS::StepFunctions::StateMachine').map((resource) => {
    const { DefinitionString } = resource.read(schema, ['RoleArn', 'Tags']);
    const definition = readDefinition(DefinitionString, resource);
    for (const { Parameters } of tasksOf(definition)) {
      const invoked = template.named('AWS::Lambda::Function', Parameters.FunctionName, resource.logicalId);
      Parameters.FunctionName = invoked.identity.ref;
    }
    return { arn: resource.identity.ref, definition };
  });
}

function readDefinition(text: string, resource: Resource): Definition {
  const { logicalId } = resource;
  const definition = checked(Definition, parseJson(text, logicalId), logicalId);
  checkTransitions(definition, resource);
  for (const state of Object.values(definition.States))
    if (state.Type === 'Map') checkTransitions(state.ItemProcessor, resource);
  return definition;
}

/** Every state leads to another one or is an end. */
function checkTransitions({ StartAt, States }: Workflow, { logicalId }: Resource): void {
  const targets = Object.values(States).map(({ Next, End }) => (End ? undefined : (Next ?? '')));
  for (const target of [StartAt, ...targets])
    if (target !== undefined && !Object.hasOwn(States, target))
      throw new TemplateError(
        'INVALID_TEMPLATE',
        logicalId,
        `leads to the state "${target}", which it lacks`,
      );
}

function tasksOf({ States }: Definition): TaskState[] {
  return Object.values(States).flatMap((state) =>
    state.Type === 'Task' ? [state] : Object.values(state.ItemProcessor.States),
  );
}
