/** Small templates for tests of how the local run reads them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/kit/services.ts';
import { TemplateError } from './error.ts';
import { readStack } from './read-stack.ts';

export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;

const HASH = 'a'.repeat(64);

export const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: {
      S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
      S3Key: `${HASH}.zip`,
    },
    Handler: 'handler.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Runtime: 'nodejs24.x',
  },
};
const ROLE = { Type: 'AWS::IAM::Role', Properties: {} };
export const QUEUE = { Type: 'AWS::SQS::Queue' };

export function read(Resources: Resources, rest: Record<string, unknown> = {}) {
  const templatePath = join(temporaryFolder(), 'stack.template.json');
  writeFileSync(templatePath, JSON.stringify({ Resources: { Role: ROLE, ...Resources }, ...rest }));
  return readStack({
    stackName: 'rgs-test',
    templatePath,
    assetDirectories: new Map([[HASH, '/code']]),
    apiUrl: 'http://127.0.0.1:8080',
    endpoints: { sqs: 'http://127.0.0.1:4566' },
  });
}

/** Returns the code and the message of the refusal. */
export function refusal(Resources: Resources, rest: Record<string, unknown> = {}) {
  try {
    read(Resources, rest);
  } catch (error) {
    if (error instanceof TemplateError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no refusal';
}
