/** One of these keeps a local service from starting or from holding its data. The message is one line for people. */
export type ServiceErrorCode =
  | 'DATA_FOLDER_IN_USE'
  | 'DYNAMODB_MISSING'
  | 'DYNAMODB_FAILED'
  | 'DATA_CORRUPT'
  | 'TABLE_CHANGED';

export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
