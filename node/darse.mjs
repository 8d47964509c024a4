#!/usr/bin/env node
import { internalErrorText } from './internalError.mjs';

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(
    `darse: ${isNotInstalled(error) ? 'install its packages first: npm ci' : internalErrorText(error)}\n`,
  );
  process.exitCode = 1;
}

/** @param {unknown} error */
function isNotInstalled(error) {
  return error instanceof Error && error.message.startsWith("Cannot find package 'commander'");
}

/** A reader who has seen enough (`darse predict … | head`) is no failure. */
function ignoreClosedPipe(/** @type {NodeJS.ErrnoException} */ error) {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});
try {
  const { main } = await import('./main.mjs');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  fail(error);
}
