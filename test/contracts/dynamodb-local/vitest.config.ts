import { defineConfig } from 'vitest/config';

/** Apart from the other tests, because DynamoDB Local needs Java. */
export default defineConfig({
  root: new URL('../../..', import.meta.url).pathname,
  test: {
    name: 'dynamodb-local',
    include: ['test/contracts/dynamodb-local/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
