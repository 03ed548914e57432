import * as z from 'zod';
import type { RouteModel } from '../model.ts';
import { TemplateError } from './error.ts';
import type { Functions } from './functions.ts';
import { rootResourceOf } from './identities.ts';
import type { Template } from './template.ts';

const apiSchema = z.object({ Name: z.string() });
const stageSchema = z.object({ RestApiId: z.string(), StageName: z.string() });
const resourceSchema = z.object({ RestApiId: z.string(), ParentId: z.string(), PathPart: z.string() });
const methodSchema = z.object({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.literal('NONE'),
  ApiKeyRequired: z.literal(false).optional(),
  Integration: z.strictObject({
    Type: z.literal('AWS_PROXY'),
    /** How API Gateway calls Lambda, whatever the client's method. */
    IntegrationHttpMethod: z.literal('POST'),
    Uri: z.string(),
    TimeoutInMillis: z.int().optional(),
  }),
});

/** Methods of REST APIs, each at the path that its chain of resources spells. @throws TemplateError */
export function readRestRoutes(template: Template, functions: Functions): readonly RouteModel[] {
  const paths = new Map<string, string>();
  for (const api of template.ofType('AWS::ApiGateway::RestApi')) {
    api.read(apiSchema, ['Description', 'EndpointConfiguration', 'Policy', 'Tags']);
    paths.set(rootResourceOf(api.identity.ref), '');
  }
  for (const stage of template.ofType('AWS::ApiGateway::Stage')) {
    stage.read(stageSchema, [
      'AccessLogSetting',
      'DeploymentId',
      'Description',
      'MethodSettings',
      'Tags',
      'TracingEnabled',
    ]);
  }
  const parents = new Map(
    template
      .ofType('AWS::ApiGateway::Resource')
      .map((resource) => [resource.identity.ref, resource.read(resourceSchema, [])]),
  );
  const pathOf = (resourceId: string, user: string): string => {
    const known = paths.get(resourceId);
    if (known !== undefined) return known;
    const resource = parents.get(resourceId);
    if (!resource)
      throw new TemplateError(
        'UNKNOWN_REFERENCE',
        user,
        `hangs on ${resourceId}, which is no resource of an API here`,
      );
    const path = `${pathOf(resource.ParentId, resourceId)}/${resource.PathPart}`;
    paths.set(resourceId, path);
    return path;
  };
  return template.ofType('AWS::ApiGateway::Method').map((method) => {
    const { HttpMethod, Integration, ResourceId } = method.read(methodSchema, [
      'MethodResponses',
      'OperationName',
      'RequestParameters',
    ]);
    return {
      method: HttpMethod,
      path: pathOf(ResourceId, method.logicalId) || '/',
      functionName: functions.named(functionArnOf(Integration.Uri), method.logicalId).name,
    };
  });
}

/** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations` */
function functionArnOf(uri: string): string {
  return /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
}
