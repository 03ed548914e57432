/** An item as the ledger's stream shows it: DynamoDB's JSON, bytes in base64. */
export type Image = Readonly<Record<string, { readonly [type: string]: string | boolean }>>;
