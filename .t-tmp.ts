import { openWebgpuEngine } from './workers/webgpuNode.ts';
import { CASE_SIZES, drawTensors, OPERATION_CASES } from './test/support/operationCases.ts';
const c = OPERATION_CASES[0]!;
const { constants, given } = drawTensors(c, CASE_SIZES[0]!, 0);
const e = await openWebgpuEngine({ readConstant: async (n) => constants.get(n)! });
console.log(e.description);
try {
  const p = await e.prepare(c.plan);
  console.log(await p.run(CASE_SIZES[0]!, given));
} catch (x) {
  console.log(x);
}
await e.dispose();
