/** For one of these reasons a template cannot be run on this machine. */
export type TemplateErrorCode =
  | 'INVALID_TEMPLATE'
  | 'UNKNOWN_TYPE'
  | 'UNKNOWN_INTRINSIC'
  | 'UNKNOWN_REFERENCE'
  | 'UNKNOWN_ATTRIBUTE'
  | 'UNSUPPORTED_PROPERTY'
  | 'MISSING_CODE';

/** The message is one line and names the resource. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: TemplateErrorCode;

  constructor(code: TemplateErrorCode, logicalId: string, reason: string) {
    super(`${logicalId}: ${reason}`);
    this.code = code;
  }
}
