/** A run's objects lie in this folder of the bucket of simulations. */
const folder = (simulationId: string) => `simulations/${simulationId}`;

/** The state machine hands out shards from this list. */
export const shardsKey = (simulationId: string) => `${folder(simulationId)}/shards.json`;
export const shardPrefix = (simulationId: string) => `${folder(simulationId)}/shards/`;
export const shardKey = (simulationId: string, first: number) => `${shardPrefix(simulationId)}${first}.json`;
export const reportKey = (simulationId: string, kind: 'json' | 'html') =>
  `${folder(simulationId)}/report.${kind}`;
