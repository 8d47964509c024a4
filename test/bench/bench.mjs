// `npm run bench -- step | large | search | page | forecast`: see bench.ts.
import { registerTypeScript } from '../../node/main.mjs';

await registerTypeScript();
await import('./bench.ts');
