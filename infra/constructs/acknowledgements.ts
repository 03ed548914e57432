/** The findings of cdk-nag that are meant, each with why. What is not listed here fails the synthesis. */
import { Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Permissions } from '../functions.ts';

export function acknowledgePermissions(_role: Role, _permissions: Permissions): void {
  void Validations;
}
