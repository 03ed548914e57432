import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { stageSettings } from '../stages.ts';
import { newApp } from '../synthesise.ts';
import { temporaryDirectory } from '../template.fixture.ts';
import { HttpRoutes } from './http-api.ts';

test('game clients of the named origins may call the API, but never with the key of an operator', () => {
  const stack = new Stack(newApp(temporaryDirectory()), 'Test');
  const settings = { ...stageSettings('dev'), allowedOrigins: ['https://games.example.com'] };
  new HttpRoutes(stack, 'HttpApi', { routes: [], settings, removalPolicy: RemovalPolicy.DESTROY });
  const [api] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Api'));
  expect(api?.['Properties'].CorsConfiguration).toEqual({
    AllowOrigins: ['https://games.example.com'],
    AllowMethods: ['GET', 'POST', 'DELETE'],
    AllowHeaders: ['content-type', 'idempotency-key', 'round-number', 'x-session-id'],
    ExposeHeaders: ['retry-after', 'win-pending', 'x-request-id'],
    MaxAge: 3_600,
  });
});
