// Prints "N passed, N failed" over vitest's reports: `node count-tests.mjs EXIT-STATUS REPORT...`. Fails where something
// failed, or a run has no report or no test. Plain JavaScript: it also has to work where nothing could be installed.
import { readFileSync } from 'node:fs';

const [exitStatus, ...reports] = process.argv.slice(2);
const counts = reports.map(countOf);
const passed = sum(counts.map((count) => count.passed));
const failedTests = sum(counts.map((count) => count.failed));
// What is no test, such as a type error, fails the whole as well.
const failed = exitStatus === '0' ? failedTests : Math.max(1, failedTests);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);

function countOf(path) {
  try {
    const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const passed = tests.filter(({ status }) => status === 'passed').length;
    if (passed === 0) console.log(`${path} has no test that passed`);
    // A file that could not be loaded has failed without a test.
    const broken = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some(isFailed),
    );
    return { passed, failed: Math.max(tests.filter(isFailed).length + broken.length, passed === 0 ? 1 : 0) };
  } catch (error) {
    console.log(`${path} cannot be read: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

function isFailed({ status }) {
  return status === 'failed';
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
