#!/usr/bin/env node
// Runs the TypeScript sources as they are: Node from 22.18 on strips types itself, older ones through tsx.
if (!process.features.typescript) (await import('tsx/esm/api')).register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
