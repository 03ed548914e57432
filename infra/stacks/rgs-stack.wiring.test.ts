import { beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS, ROUTES as DECLARED_ROUTES } from '../../functions/functions.ts';
import {
  functionName,
  type Json,
  readable,
  resource,
  resourcesOf,
  type Template,
  type TemplateResource,
  templateOf,
} from '../template.fixture.ts';

let http: Template;
let rest: Template;
beforeAll(() => {
  http = templateOf('prod', 'http');
  rest = templateOf('dev', 'rest');
}, 60_000);

/** The function that serves each route, as the entries say it. */
const ROUTES = Object.fromEntries(
  DECLARED_ROUTES.map(({ method, path, name }) => [`${method} ${path}`, name]),
);

const properties = (template: Template, type: string) =>
  resourcesOf(template, type).map(([, resource]) => resource.Properties);

test('Lambda stops every recursive loop, except for the attempts of recover-round', () => {
  for (const template of [http, rest]) {
    const allowed = resourcesOf(template, 'AWS::Lambda::Function')
      .filter(([, { Properties }]) => Properties.RecursiveLoop === 'Allow')
      .map(([id]) => functionName(template, { Ref: id }));
    expect(allowed).toEqual(['recover-round']);
  }
});

describe('the HTTP API', () => {
  test('sends each route to its function, in payload format 1.0', () => {
    const routes = properties(http, 'AWS::ApiGatewayV2::Route').map(({ RouteKey, Target }) => {
      const integration = http.resources[Target['Fn::Join'][1][1].Ref]?.Properties;
      expect(integration).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '1.0' });
      return [RouteKey, functionName(http, integration.IntegrationUri)];
    });
    expect(Object.fromEntries(routes)).toEqual(ROUTES);
  });

  test('may invoke each function for its own route only', () => {
    expect(invocationSources(http)).toEqual(
      Object.entries(ROUTES)
        .map(([route, name]) => `${name} by HttpApi/*/*${route.split(' ')[1]}`)
        .sort(),
    );
  });

  test('lets no browser in from another origin unless the stage names it', () => {
    expect(resource(http, 'AWS::ApiGatewayV2::Api', 'HttpApi').Properties.CorsConfiguration).toBeUndefined();
  });

  test('throttles, and logs calls without the path that holds session ids', () => {
    const { DefaultRouteSettings, AccessLogSettings } = resource(
      http,
      'AWS::ApiGatewayV2::Stage',
      'HttpApiStage',
    ).Properties;
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 5_000, ThrottlingBurstLimit: 5_000 });
    expectSafeAccessLog(AccessLogSettings);
  });
});

describe('the REST API', () => {
  test('sends each route to the same function', () => {
    const routes = properties(rest, 'AWS::ApiGateway::Method').map(
      ({ HttpMethod, ResourceId, Integration }) => {
        expect(Integration).toMatchObject({ Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST' });
        const target = Integration.Uri['Fn::Join'][1].find((part: Json) => part['Fn::GetAtt']);
        return [`${HttpMethod} ${pathOf(rest, ResourceId.Ref)}`, functionName(rest, target)];
      },
    );
    expect(Object.fromEntries(routes)).toEqual(ROUTES);
  });

  test('throttles, and logs calls without the path that holds session ids', () => {
    const stage = resource(rest, 'AWS::ApiGateway::Stage', 'RestApiDeploymentStagedev').Properties;
    expect(stage.MethodSettings).toEqual([
      expect.objectContaining({
        ResourcePath: '/*',
        HttpMethod: '*',
        ThrottlingRateLimit: 200,
        ThrottlingBurstLimit: 400,
      }),
    ]);
    expect(stage.MethodSettings[0]).toMatchObject({ LoggingLevel: 'OFF', DataTraceEnabled: false });
    expectSafeAccessLog(stage.AccessLogSetting);
  });
});

describe('the functions behind the API', () => {
  const mapping = (template: Template, name: string) =>
    resource(template, 'AWS::Lambda::EventSourceMapping', name).Properties;

  test.each([
    ['LedgerStream', 'TablesLedger.StreamArn', 'process-ledger-stream'],
    ['ConfigStream', 'TablesConfig.StreamArn', 'watch-signed-items'],
    ['SessionsStream', 'TablesSessions.StreamArn', 'watch-signed-items'],
  ])('%s starts its consumer with up to 100 records of a second, from the first', (id, stream, consumer) => {
    const { FunctionName, EventSourceArn, DestinationConfig, ...settings } = mapping(http, id);
    expect(functionName(http, FunctionName)).toBe(consumer);
    expect(readable(EventSourceArn)).toBe(stream);
    expect(readable(DestinationConfig.OnFailure.Destination)).toBe('QueuesStreamDeadLetters.Arn');
    expect(settings).toEqual({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'TRIM_HORIZON',
      MaximumRecordAgeInSeconds: 6 * 3600,
    });
  });

  test('the recovery queue starts recovery with up to 10 messages, and no more batches at once than the stage says', () => {
    const { FunctionName, EventSourceArn, ...settings } = mapping(http, 'RecoveryQueue');
    expect(functionName(http, FunctionName)).toBe('recover-round');
    expect(readable(EventSourceArn)).toBe('QueuesRecovery.Arn');
    expect(settings).toEqual({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });

  test('a recovery message stays hidden for six times as long as a batch may take, and gives up after ten', () => {
    const { VisibilityTimeout, RedrivePolicy } = resource(
      http,
      'AWS::SQS::Queue',
      'QueuesRecovery',
    ).Properties;
    expect(VisibilityTimeout).toBe(6 * lambdaOf(http, 'recover-round').Timeout);
    expect(readable(RedrivePolicy.deadLetterTargetArn)).toBe('QueuesRecoveryDeadLetters.Arn');
    expect(RedrivePolicy.maxReceiveCount).toBe(10);
  });

  test('every event of the product is recorded, and one that fails is kept', () => {
    const { EventBusName, EventPattern, Targets } = resource(
      http,
      'AWS::Events::Rule',
      'DomainEvents',
    ).Properties;
    expect(readable(EventBusName)).toBe('Bus');
    expect(EventPattern).toEqual({ source: ['serverless-rgs'] });
    expectTargets(Targets, 'domain-events', 'record-event', 'QueuesEventDeadLetters.Arn');
  });

  test('rounds are swept once a day, and a run that fails is kept', () => {
    const { ScheduleExpression, State, Targets } = resource(http, 'AWS::Events::Rule', 'Daily').Properties;
    expect([ScheduleExpression, State]).toEqual(['cron(0 4 * * ? *)', 'ENABLED']);
    expectTargets(Targets, 'daily', 'sweep-rounds', 'QueuesDailyDeadLetters.Arn');
  });

  /** The named function is one of them, and there are no others than the entries with this trigger. */
  function expectTargets(targets: Json[], kind: string, name: string, deadLetters: string): void {
    const declared = FUNCTIONS.filter(({ trigger }) => trigger.kind === kind).map((entry) => entry.name);
    expect(targets.map(({ Arn }) => functionName(http, Arn))).toEqual(declared);
    expect(declared).toContain(name);
    for (const [index, target] of targets.entries()) {
      expect(readable(target.DeadLetterConfig.Arn)).toBe(deadLetters);
      const { DeadLetterConfig } = lambdaOf(http, declared[index] ?? '');
      expect(readable(DeadLetterConfig.TargetArn)).toBe(deadLetters);
    }
  }
});

test('every function runs on Node 24 and arm64 from its own bundle, with its own log kept as long as the stage says', () => {
  const lambdas = properties(http, 'AWS::Lambda::Function');
  expect(lambdas).toHaveLength(FUNCTIONS.length);
  expect(new Set(lambdas.map(({ Code }) => Code.S3Key)).size).toBe(FUNCTIONS.length);
  const logGroups = new Set<string>();
  for (const { Runtime, Architectures, Handler, LoggingConfig } of lambdas) {
    expect([Runtime, ...Architectures, Handler]).toEqual(['nodejs24.x', 'arm64', 'handler.handler']);
    logGroups.add(LoggingConfig.LogGroup.Ref);
  }
  expect(logGroups.size).toBe(FUNCTIONS.length);
  for (const { RetentionInDays } of properties(http, 'AWS::Logs::LogGroup'))
    expect(RetentionInDays).toBe(120);
});

test('the lease of a round outlives the functions that play it', () => {
  for (const name of ['play-spin', 'play-bonus']) {
    const { Timeout, Environment } = lambdaOf(http, name);
    expect(Number(Environment.Variables.ROUND_LEASE_MS)).toBeGreaterThan(Timeout * 1_000);
  }
});

test.each(['http', 'rest'])('the outputs of the %s stack are those that commands and suites read', (kind) => {
  const { outputs } = kind === 'http' ? http : rest;
  expect(Object.keys(outputs).sort()).toEqual([
    'ApiUrl',
    'ArchiveBucket',
    'ConfigTable',
    'DataKeyArn',
    'EnginesBucket',
    'EventBusName',
    'EventsTable',
    'LedgerTable',
    'ParkingQueueUrl',
    'RecoveryQueueUrl',
    'SessionsTable',
    'SimulationStateMachineArn',
    'SimulationsBucket',
  ]);
  expect(readable(outputs['ApiUrl']?.Value)).not.toMatch(/\/$/);
});

function lambdaOf(template: Template, name: string): TemplateResource['Properties'] {
  return properties(template, 'AWS::Lambda::Function').find(
    ({ Environment }) => Environment.Variables.POWERTOOLS_SERVICE_NAME === name,
  );
}

/** The path of a REST resource, which names only its parent and its last part. */
function pathOf(template: Template, id: string): string {
  const found = template.resources[id];
  if (found?.Type !== 'AWS::ApiGateway::Resource') return '';
  return `${pathOf(template, found.Properties.ParentId.Ref ?? '')}/${found.Properties.PathPart}`;
}

function invocationSources(template: Template): string[] {
  return properties(template, 'AWS::Lambda::Permission')
    .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com')
    .map(({ FunctionName, SourceArn }) => {
      const source = readable(SourceArn).split(':').at(-1);
      return `${functionName(template, FunctionName)} by ${source}`;
    })
    .sort();
}

function expectSafeAccessLog({ Format, DestinationArn }: Json): void {
  expect(readable(DestinationArn)).toMatch(/AccessLogs(\.Arn)?$/);
  const fields = Object.values(JSON.parse(Format));
  expect(fields).toContain('$context.requestId');
  expect(
    fields.filter((field) =>
      /context\.path$|queryString|header|authorizer|identity\.apiKey/i.test(String(field)),
    ),
  ).toEqual([]);
}
