// What a training process runs: see serveStudy.ts.
import { registerTypeScript } from '../main.mjs';

await registerTypeScript();
const { serveStudy } = await import('./serveStudy.ts');
serveStudy();
