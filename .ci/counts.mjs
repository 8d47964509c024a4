// Prints "N passed, N failed[, N skipped]" from vitest's own report; fails when a test failed, a file did not load or none ran.
import { readFileSync } from 'node:fs';

const [path, status] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, 'utf8'));
const brokenFiles = report.testResults.filter(
  ({ status: fileStatus, assertionResults }) =>
    fileStatus === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
);
for (const { name, message } of brokenFiles) console.log(`did not run: ${name}: ${message}`);
const failed = report.numFailedTests + brokenFiles.length;
const skipped = report.numPendingTests + report.numTodoTests;
if (report.numPassedTests === 0 || failed > 0 || status !== '0') process.exitCode = 1;
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
