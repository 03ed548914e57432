import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageSettings } from '../stages.ts';
import { type Api, type Route, accessLogFields, acknowledgeOpenRoutes } from './api.ts';

export interface HttpRoutesProps {
  readonly routes: readonly Route[];
  readonly settings: StageSettings;
  readonly removalPolicy: RemovalPolicy;
}

/** This is an HTTP API, which is the cheaper and faster kind. */
export class HttpRoutes extends Construct implements Api {
  readonly url: string;
  readonly serverErrors: Metric;

  constructor(scope: Construct, id: string, props: HttpRoutesProps) {
    super(scope, id);
    const { settings } = props;
    const api = new HttpApi(this, 'Api', {
      apiName: `rgs-${settings.stage}`,
      createDefaultStage: false,
      ...(settings.allowedOrigins.length > 0 && { corsPreflight: cors(settings.allowedOrigins) }),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.throttling.requestsPerSecond, burstLimit: settings.throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', {
            retention: settings.logRetentionDays,
            removalPolicy: props.removalPolicy,
          }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields('$context.routeKey'))),
      },
    });
    for (const { method, path, target } of props.routes) {
      api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration: new HttpLambdaIntegration(`${target.node.path}Integration`, target, {
          // REST APIs know this format, too, so the same handlers serve both.
          payloadFormatVersion: PayloadFormatVersion.VERSION_1_0,
        }),
      });
    }
    acknowledgeOpenRoutes(this, ['AwsSolutions-APIG4']);
    this.url = api.apiEndpoint;
    this.serverErrors = stage.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' });
  }
}

/**
 * The rules for game clients in browsers, which hold a session id and no more. An operator's key has no business in a
 * browser, so its header is not allowed here. Credentials are not allowed, since there are no cookies.
 */
function cors(origins: readonly string[]) {
  return {
    allowOrigins: [...origins],
    allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.DELETE],
    allowHeaders: ['content-type', 'idempotency-key', 'round-number', 'x-session-id'],
    exposeHeaders: ['retry-after', 'win-pending', 'x-request-id'],
    maxAge: Duration.hours(1),
  };
}
