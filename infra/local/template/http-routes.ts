import * as z from 'zod';
import type { RouteModel } from '../model.ts';
import { TemplateError } from './error.ts';
import type { Template } from './template.ts';

const apiSchema = z.object({ Name: z.string(), ProtocolType: z.literal('HTTP') });

const integrationSchema = z.object({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  /** Functions of this product take the format that REST APIs send, too. */
  PayloadFormatVersion: z.literal('1.0'),
});

const routeSchema = z.object({
  ApiId: z.string(),
  AuthorizationType: z.literal('NONE').optional(),
  /** A path's segments are texts or parameters: no greedy ones, no route for any method. */
  RouteKey: z
    .string()
    .regex(
      /^(?!ANY )[A-Z]+(?: |$)(?:\/[^{}/+\s]+|\/\{[^{}/+\s]+\})*\/?$/,
      'has to be a method and a path without {name+}',
    ),
  Target: z.string().startsWith('integrations/'),
});

const stageSchema = z.object({
  ApiId: z.string(),
  AutoDeploy: z.literal(true),
  StageName: z.literal('$default'),
});

/** Reads the routes of HTTP APIs, by way of their integrations. @throws TemplateError */
export function readHttpRoutes(template: Template): readonly RouteModel[] {
  for (const api of template.ofType('AWS::ApiGatewayV2::Api')) {
    api.read(apiSchema, ['Tags']);
  }
  for (const stage of template.ofType('AWS::ApiGatewayV2::Stage')) {
    stage.read(stageSchema, ['AccessLogSettings', 'DefaultRouteSettings', 'Tags']);
  }
  const functionNames = new Map(
    template.ofType('AWS::ApiGatewayV2::Integration').map((integration) => {
      const { IntegrationUri } = integration.read(integrationSchema, []);
      const { identity } = template.named('AWS::Lambda::Function', IntegrationUri, integration.logicalId);
      return [integration.identity.ref, identity.ref];
    }),
  );
  return template.ofType('AWS::ApiGatewayV2::Route').map((route) => {
    const { RouteKey, Target } = route.read(routeSchema, []);
    const functionName = functionNames.get(Target.slice('integrations/'.length));
    if (functionName === undefined)
      throw new TemplateError(
        'UNKNOWN_REFERENCE',
        route.logicalId,
        `leads to ${Target}, which is no integration of this stack`,
      );
    const [method = '', path = ''] = RouteKey.split(' ');
    return { method, path, functionName };
  });
}
