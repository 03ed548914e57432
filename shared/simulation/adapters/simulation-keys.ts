/** Where a run's objects lie in the bucket of simulations. */
const folder = (simulationId: string) => `simulations/${simulationId}`;

/** The list of shards that the state machine hands out. */
export const shardsKey = (simulationId: string) => `${folder(simulationId)}/shards.json`;
export const shardPrefix = (simulationId: string) => `${folder(simulationId)}/shards/`;
export const shardKey = (simulationId: string, first: number) => `${shardPrefix(simulationId)}${first}.json`;
export const reportKey = (simulationId: string, kind: 'json' | 'html') =>
  `${folder(simulationId)}/report.${kind}`;
