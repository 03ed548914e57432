import { explore } from './explore.ts';
import { type Mistake, mistakes } from './mistakes.ts';
import { walletKinds } from './model-wallet.ts';
import type { Scenario } from './table.ts';

/** `npm run verify:protocol`: the protocol as it is, for each kind of wallet; then each planted mistake must be found. */
let failed = 0;

async function visit(scenario: Scenario): Promise<boolean> {
  const { wallet, wins, mistake } = scenario;
  const title = `${mistake ?? 'the protocol'}, a wallet that ${wallet}, ${wins ? 'a win' : 'no win'}`;
  const startedAtMs = performance.now();
  const { states, finding } = await explore(scenario, (count) =>
    process.stderr.write(`\r${title}: ${count} states `),
  );
  process.stderr.write('\r\u001b[K');
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  console.log(
    `${title}: ${finding ? `FOUND after ${states} states: ${finding.violation}` : `${states} states, all well`} (${seconds} s)`,
  );
  for (const [index, step] of (finding?.trace ?? []).entries()) console.log(`  ${index + 1}. ${step}`);
  return finding !== undefined;
}

for (const wallet of walletKinds) {
  for (const wins of [true, false]) {
    if (await visit({ wallet, wins, mistake: undefined })) failed += 1;
  }
}
for (const mistake of mistakes) {
  if (!(await found(mistake))) {
    failed += 1;
    console.log(`${mistake}: NOT FOUND`);
  }
}
console.log(
  failed === 0 ? 'The protocol holds, and every planted mistake was found.' : `${failed} checks failed.`,
);
process.exitCode = failed === 0 ? 0 : 1;

async function found(mistake: Mistake): Promise<boolean> {
  for (const wallet of walletKinds) if (await visit({ wallet, wins: true, mistake })) return true;
  return false;
}
