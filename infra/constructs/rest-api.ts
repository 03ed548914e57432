import {
  AccessLogFormat,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';
import { type Api, type Route, accessLogFields } from './api.ts';

export interface RestRoutesProps {
  readonly routes: readonly Route[];
  readonly settings: StageSettings;
  readonly removalPolicy: RemovalPolicy;
}

/** The kind of API that takes a web application firewall and usage plans, and that every emulator has. */
export class RestRoutes extends Construct implements Api {
  readonly url: string;
  readonly serverErrors: Metric;

  constructor(scope: Construct, id: string, props: RestRoutesProps) {
    super(scope, id);
    const { settings } = props;
    const api = new RestApi(this, 'Api', {
      restApiName: `rgs-${settings.stage}`,
      endpointTypes: [EndpointType.REGIONAL],
      // Access logs need the account's one role for API Gateway's logs; other APIs may rely on it by the time
      // this stack goes.
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
    this.url = `https://${api.restApiId}.execute-api.${api.stack.region}.${api.stack.urlSuffix}/${settings.stage}`;
    this.serverErrors = api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' });
  }
}
