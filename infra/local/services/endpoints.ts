/** Where the embedded services listen: `http://127.0.0.1:PORT`, without a trailing slash. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
  readonly kms: string;
  readonly secretsManager: string;
  readonly eventBridge: string;
  readonly stepFunctions: string;
}

/** The one account and region of the local run; the embedded services put them into their ARNs. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

export function localArn(service: string, resource: string): string {
  return `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
}

/**
 * What any AWS client needs besides its endpoint, explicit, so that the environment of whoever starts the local run cannot
 * lead it to a real account.
 */
export const LOCAL_ACCESS = {
  region: LOCAL_REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/**
 * The environment that points any AWS SDK at the embedded services. The credentials only have to be there:
 * nothing on this machine checks them. S3's virtual-hosted buckets would need DNS, hence an endpoint whose
 * host is an IP address: the SDK then addresses buckets by path of its own accord.
 */
export function endpointEnvironment(endpoints: Endpoints): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_KMS: endpoints.kms,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventBridge,
    AWS_ENDPOINT_URL_SFN: endpoints.stepFunctions,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
  };
}
