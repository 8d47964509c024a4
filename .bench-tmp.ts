import { Recorder } from './shared/plan/recorder.ts';
import type { Value } from './shared/plan/operation.ts';
import { elementCount } from './shared/plan/dimension.ts';
import { openWasmEngine } from './workers/wasmNode.ts';
import { openWebgpuEngine } from './workers/webgpuNode.ts';
const [L, D, F, H, R] = [Number(process.env.L ?? 6), 384, 1536, 12, 8];
const B = Number(process.env.B ?? 10),
  T = Number(process.env.T ?? 64);
const r = new Recorder();
const rk = (p: string) => `rank:${p}`;
function linear(x: Value, p: string, i: number, o: number) {
  return r.matMul(x, r.constant(p + '.weight', [o, i]), { transposeB: true, addend: r.constant(p + '.bias', [o]) });
}
const mask = r.batch('keyBias', ['B', 'T']);
let x: Value = r.batch('x', ['B*T', D]);
const scale = r.parameter('scale', []);
const saved: any[] = [];
function lora(x: Value, p: string) {
  const y = linear(x, p, D, D);
  const A = r.parameter(p + '.A', [rk(p), D]),
    Bm = r.parameter(p + '.B', [D, rk(p)]);
  const u = r.scale(r.matMul(x, A, { transposeB: true }), scale);
  return { y: r.matMul(u, Bm, { transposeB: true, addend: y }), u, A, Bm, p };
}
for (let l = 0; l < L; l++) {
  const q = lora(x, `${l}.q`),
    v = lora(x, `${l}.v`),
    k = linear(x, `${l}.k`, D, D);
  const qh = r.splitHeads(q.y, H, 'T'),
    kh = r.splitHeads(k, H, 'T'),
    vh = r.splitHeads(v.y, H, 'T');
  const probs = r.attentionSoftmax(r.batchMatMul(qh, kh, { transposeB: true }), mask, 1 / Math.sqrt(32));
  const ctx = r.mergeHeads(r.batchMatMul(probs, vh));
  const pre1 = r.add(linear(ctx, `${l}.o`, D, D), x);
  const ln1 = r.layerNorm(pre1, r.constant(`${l}.g1`, [D]), r.constant(`${l}.b1`, [D]), 1e-12);
  const h = linear(ln1.y, `${l}.f1`, D, F);
  const pre2 = r.add(linear(r.gelu(h), `${l}.f2`, F, D), ln1.y);
  const ln2 = r.layerNorm(pre2, r.constant(`${l}.g2`, [D]), r.constant(`${l}.b2`, [D]), 1e-12);
  saved.push({ q, v, x, qh, kh, vh, probs, pre1, ln1, h, pre2, ln2, l });
  x = ln2.y;
}
const first = r.firstToken(x);
const hw = r.parameter('head.w', [1, D]),
  hb = r.parameter('head.b', [1]);
const pred = r.matMul(first, hw, { transposeB: true, addend: hb });
const target = r.batch('target', ['B', 1]),
  rw = r.batch('rw', ['B', 1]);
r.output('loss', r.squaredErrorLoss(pred, target, rw));
const dPred = r.squaredErrorGradient(pred, target, rw, 1);
r.output('d.head.w', r.matMul(dPred, first, { transposeA: true }));
r.output('d.head.b', r.sumRows(dPred));
let d: Value = r.firstTokenGradient(r.matMul(dPred, hw), r.batch('zeros', ['B*T', D]));
const w = (p: string, i: number, o: number) => r.constant(p + '.weight', [o, i]);
for (const s of saved.reverse()) {
  const l = s.l;
  const dPre2 = r.layerNormGradient(d, {
    x: s.pre2,
    gamma: r.constant(`${l}.g2`, [D]),
    mean: s.ln2.mean,
    inverseStd: s.ln2.inverseStd,
  });
  const dh = r.geluGradient(r.matMul(dPre2, w(`${l}.f2`, F, D)), s.h);
  const dLn1 = r.matMul(dh, w(`${l}.f1`, D, F), { addend: dPre2 });
  const dPre1 = r.layerNormGradient(dLn1, {
    x: s.pre1,
    gamma: r.constant(`${l}.g1`, [D]),
    mean: s.ln1.mean,
    inverseStd: s.ln1.inverseStd,
  });
  const dCtx = r.splitHeads(r.matMul(dPre1, w(`${l}.o`, D, D)), H, 'T');
  const dProbs = r.batchMatMul(dCtx, s.vh, { transposeB: true });
  const dV = r.mergeHeads(r.batchMatMul(s.probs, dCtx, { transposeA: true }));
  const dS = r.attentionSoftmaxGradient(dProbs, s.probs, 1 / Math.sqrt(32));
  const dQ = r.mergeHeads(r.batchMatMul(dS, s.kh));
  const dK = r.mergeHeads(r.batchMatMul(dS, s.qh, { transposeA: true }));
  let dx = dPre1;
  for (const [m, dy] of [
    [s.q, dQ],
    [s.v, dV],
  ] as const) {
    r.output(`d.${m.p}.B`, r.matMul(dy, m.u, { transposeA: true }));
    const du = r.scale(r.matMul(dy, m.Bm), scale);
    r.output(`d.${m.p}.A`, r.matMul(du, s.x, { transposeA: true }));
    if (l > 0) {
      dx = r.matMul(dy, w(m.p, D, D), { addend: dx });
      dx = r.matMul(du, m.A, { addend: dx });
    }
  }
  if (l > 0) dx = r.matMul(dK, w(`${l}.k`, D, D), { addend: dx });
  d = dx;
}
const plan = r.finish();
const sizes = new Map<string, number>([
  ['B', B],
  ['T', T],
]);
for (const s of saved) {
  sizes.set(rk(s.q.p), R);
  sizes.set(rk(s.v.p), R);
}
let seed = 1;
const rnd = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296 - 0.5;
};
const tensor = (name: string, n: number) => {
  const t = new Float32Array(n);
  if (/\.g\d$/.test(name) || name === 'rw' || name === 'scale') return t.fill(1);
  if (name === 'keyBias' || name === 'zeros' || /bias|\.b\d/.test(name)) return t;
  const s = name === 'x' || name === 'target' ? 2 : 0.1;
  return t.map(() => rnd() * s);
};
const constants = new Map<string, number>();
const given = new Map<string, Float32Array>();
for (const v of plan.given) {
  if (v.source.from === 'operation') continue;
  if (v.source.from === 'constant') constants.set(v.source.name, elementCount(v.shape, sizes));
  else given.set(v.source.name, tensor(v.source.name, elementCount(v.shape, sizes)));
}
const readConstant = async (n: string) => tensor(n, constants.get(n)!);
import { openTensorflowEngine } from './workers/tensorflowNode.ts'; import { loadTensorflow } from './node/engines/loadTensorflow.ts'; const engine = await (process.env.ENGINE === 'tensorflow' ? openTensorflowEngine({ readConstant, loadTensorflow }) : process.env.ENGINE === 'webgpu'
  ? openWebgpuEngine({ readConstant })
  : openWasmEngine({ readConstant }));
const prepared = await engine.prepare(plan);
const cpu: number[] = [];
let out!: ReadonlyMap<string, Float32Array>;
for (let i = 0; i < Number(process.env.STEPS ?? 6); i++) {
  const c = process.cpuUsage();
  out = await prepared.run(sizes, given);
  const e = process.cpuUsage(c);
  cpu.push((e.user + e.system) / 1000);
}
const tf = await import('@tensorflow/tfjs');
{ const a = tf.randomNormal([640, 384]), b = tf.randomNormal([384, 1536]); let best = 1e9; for (let i = 0; i < 30; i++) { const c = process.cpuUsage(); tf.matMul(a, b).dispose(); const e = process.cpuUsage(c); best = Math.min(best, (e.user + e.system) / 1000); } console.log('matmul GF/s', (2 * 640 * 384 * 1536 / best / 1e6).toFixed(1), 'floor of the step at that', (27.7e9 / (2 * 640 * 384 * 1536) * best).toFixed(0)); a.dispose(); b.dispose(); }
console.log(
  `ops ${plan.operations.length} loss ${out.get('loss')![0]} cpu-ms first ${cpu[0]!.toFixed(0)} min ${Math.min(...cpu).toFixed(0)} tensors ${tf.memory().numTensors} held ${engine.tensorCount()}`,
  'dA0',
  out.get('d.0.q.A')!.slice(0, 3),
);
if (process.env.PROFILE) {
  const p = await tf.profile(async () => {
    await prepared.run(sizes, given);
    return tf.scalar(0);
  });
  const by = new Map<string, [number, number]>();
  for (const k of p.kernels) {
    const t = typeof k.kernelTimeMs === 'number' ? k.kernelTimeMs : await (k.kernelTimeMs as any);
    const e = by.get(k.name) ?? [0, 0];
    e[0] += t;
    e[1]++;
    by.set(k.name, e);
  }
  for (const [n, [t, c]] of [...by].sort((a, b) => b[1][0] - a[1][0])) console.log(n.padEnd(20), t.toFixed(1), c);
}
await engine.dispose();
console.log('after dispose', tf.memory().numTensors);
