/** An operator and how to reach its wallet. The wallet's key is a secret: only its name is here. */
export interface Operator {
  readonly operatorId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly walletUrl: string;
  /** Name of the secret that holds the HMAC key shared with the wallet. */
  readonly walletSecretName: string;
}
