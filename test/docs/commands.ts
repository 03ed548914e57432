/** Says of every command of the documentation where it is shown to work, or why it is not run. */
import { ROOT } from './pages.ts';

/**
 * `stack`: run by the end-to-end suite against its stack. `stage`: run there, too, on that stack's stage. `alone`: run by the soak tests. `database`: run by the tests
 * of the pages against an embedded DynamoDB. `ci`: what the build itself does, or a test starts by its file. `account`: needs an AWS
 * account. `docker`: needs Docker. A command that is not run is checked to name scripts, files, stages and options that exist.
 */
export type Proof = 'stack' | 'stage' | 'alone' | 'database' | 'ci' | 'account' | 'docker';

const proofs: readonly (readonly [RegExp, Proof])[] = [
  [/^(?:[A-Z]+=\$\()?curl -s .*http:\/\/127\.0\.0\.1:808[01]\//s, 'stack'],
  [/^printf .* openssl dgst/s, 'stack'],
  [/^npm run (?:engine:(?:publish|versions)|operator:register) -- .* --stage local$/, 'stack'],
  [/^npm run wallet:faults -- /, 'stack'],
  [/^npm run round(?::replay)? -- \$ROUND$/, 'stack'],
  [/^eval "\$\(node -p .*deployment\.json/, 'stack'],
  [/^node --input-type=module -e 'import \{ DynamoDBClient/, 'stack'],
  [/^npm run log:release -- .* --stage prod/, 'account'],
  [/^npm run engine:connect -- .* --stage prod$/, 'account'],
  [
    /^(?:HASH=\$\()?npm run (?:engine:[a-z]+|operator:(?:register|show)|reconcile) (?:--silent )?-- .* --stage prod/,
    'stage',
  ],
  [/^npm run rounds:pending -- --stage prod$/, 'stage'],
  [/^\(umask 077 && openssl rand -hex 32 > wallet-secret\.txt\)$/, 'stage'],
  [/^npx cdk synth -c /, 'alone'],
  // The build runs these files itself.
  [/^npx vitest run .* --project unit (?:test\/architecture|infra\/stacks)/, 'ci'],
  [/^npx vitest run .* --project unit /, 'alone'],
  [/^npm exec -- node engines\/build\.ts$/, 'alone'],
  [/^aws dynamodb get-item /, 'database'],
  // infra/commands/switch.test.ts runs both by their files.
  [/^npm run (?:game|operator):switch -- .* --stage prod$/, 'ci'],
  [/^npm ci && npm (?:start|test)$/, 'ci'],
  [/^npm (?:start|test)$/, 'ci'],
  [/^npm start -- --inspect play-spin$/, 'ci'],
  [/^npm ci$/, 'ci'],
  // In a clone of its own: test/architecture/hooks.test.ts.
  [/^git config core\.hooksPath \.ci\/hooks$/, 'ci'],
  [
    /^npm run (?:wallet|check|format|build|docs:tables|bench:(?:budget|load)|test:(?:dynamodb-local|soak)|verify:protocol)$/,
    'ci',
  ],
  [/^npm run wallet -- --faults \S+$/, 'ci'],
  [
    /^npm run verify:faults -- --(?:spins \d+ --seed \d+|spins \d+ --credits \d+|seed \d+ --world \d+ --mistake [a-z-]+)$/,
    'ci',
  ],
  [/^npm run test:mutation -- --share$/, 'ci'],
  [/^npx vitest run .* --project e2e \S+$/, 'ci'],
  [/^npx oxlint --type-aware shared functions$/, 'ci'],
  [/^RGS_API_URL=.* npx vitest run .* --project e2e \S+$/, 'ci'],
  [/^npm run engine:serve -- happy-panda$/, 'ci'],
  [/^npm run test:emulator -- --api (?:http|rest)$/, 'ci'],
  // infra/commands/new-function.test.ts runs it in a checkout of its own.
  [/^npm run function:new -- block-player --room sessions --method POST --path /, 'ci'],
  // test/soak/new-engine.test.ts runs it in a checkout of its own.
  [/^npm run engine:new -- <name>$/, 'ci'],
  [/^npm run simulate -- happy-panda --stage prod --rounds \d+ --exact(?: --(?:json|html) \S+)*$/, 'account'],
  [/^npm run simulate -- (?:<name>|happy-panda --rounds \d+) --exact(?: --(?:json|html) \S+)*$/, 'ci'],
  [/^npm run verify:rng(?: --silent -- --raw \| dieharder -a -g 200)?$/, 'ci'],
  [/^npm run bench:engines$/, 'ci'],
  [/^npm run verify:determinism$/, 'ci'],
  // It would overwrite the record that the tests compare with.
  [/^npm run engine:record -- <name>$/, 'ci'],
  [/^npm exec -- vitest run .* --project unit engines$/, 'ci'],
  [/^npx cdk (?:bootstrap|diff|deploy) -c stage=/, 'account'],
  [/^curl -s "\$\(output ApiUrl\)\/api\/v1\/health"$/, 'account'],
  [
    /^(?:output\(\) \{ |ALARM=\$\()?aws (?:cloudformation|cloudwatch|logs|sqs|dynamodb|lambda|s3api) /,
    'account',
  ],
  [/^docker compose -f localstack-compose\.yml /, 'docker'],
  [/^npm run deploy:localstack$/, 'docker'],
];

/** @returns undefined where nobody has said how the command is known to work */
export function proofOf(command: string): Proof | undefined {
  return proofs.find(([pattern]) => pattern.test(command))?.[1];
}

/** The environment of a command, with the project's own tools first, as npm puts them. */
export function commandEnvironment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${ROOT}/node_modules/.bin:${process.env['PATH']}`, ...variables };
}
