// `npm run demo`: see demo.ts.
import { registerTypeScript } from './main.mjs';

await registerTypeScript();
await import('./demo.ts');
