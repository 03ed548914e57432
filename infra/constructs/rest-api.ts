import {
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';
import { type Api, type Route, accessLogFields, acknowledgeOpenRoutes } from './api.ts';

const LOGS_POLICY = 'AmazonAPIGatewayPushToCloudWatchLogs';

export interface RestRoutesProps {
  readonly routes: readonly Route[];
  readonly settings: StageSettings;
  readonly removalPolicy: RemovalPolicy;
}

/** This is a REST API. It takes a web application firewall and usage plans, and every emulator has this kind. */
export class RestRoutes extends Construct implements Api {
  readonly url: string;
  readonly serverErrors: Metric;

  constructor(scope: Construct, id: string, props: RestRoutesProps) {
    super(scope, id);
    const { settings } = props;
    const api = new RestApi(this, 'Api', {
      restApiName: `rgs-${settings.stage}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Access logs need the account's one role for API Gateway's logs. The role is kept when this stack goes,
      // because other APIs may rely on it by then.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: settings.stage,
        throttlingRateLimit: settings.throttling.requestsPerSecond,
        throttlingBurstLimit: settings.throttling.burst,
        // Execution logs would hold paths with session ids, in a group that nothing expires.
        loggingLevel: MethodLoggingLevel.OFF,
        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', {
            retention: settings.logRetentionDays,
            removalPolicy: props.removalPolicy,
          }),
        ),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields('$context.resourcePath'))),
      },
    });
    for (const { method, path, target } of props.routes) {
      api.root
        .resourceForPath(path)
        .addMethod(method, new LambdaIntegration(target, { allowTestInvoke: false }));
    }
    this.acknowledge();
    // Otherwise the library adds an output of its own beside ApiUrl.
    api.node.tryRemoveChild('Endpoint');
    this.url = `https://${api.restApiId}.execute-api.${api.stack.region}.${api.stack.urlSuffix}/${settings.stage}`;
    this.serverErrors = api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' });
  }

  private acknowledge(): void {
    acknowledgeOpenRoutes(this, ['AwsSolutions-APIG4', 'AwsSolutions-COG4']);
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason:
          'Functions validate every request against their schemas, whichever kind of API is in front of them.',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'A firewall belongs to whoever runs the account, and is associated with the stage from outside.',
      },
      {
        id: 'AwsSolutions-APIG6',
        reason:
          'Execution logs would hold session ids, in a log group that nothing expires; access logs are on.',
      },
      {
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${LOGS_POLICY}]`,
        reason:
          'API Gateway writes the logs of every REST API of the account through this one role, made for it.',
      },
    );
  }
}
