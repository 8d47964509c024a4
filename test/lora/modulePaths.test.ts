import { expect, test } from 'vitest';
import { linearModule, modulePath, parseModulePath, parseTargets, TARGETS } from '../../shared/lora/modulePaths.ts';

test('names the modules as Hugging Face checkpoints do', () => {
  expect(TARGETS.map((target) => modulePath(11, target))).toEqual([
    'encoder.layer.11.attention.self.query',
    'encoder.layer.11.attention.self.key',
    'encoder.layer.11.attention.self.value',
    'encoder.layer.11.attention.output.dense',
    'encoder.layer.11.intermediate.dense',
    'encoder.layer.11.output.dense',
  ]);
});

test('gives every kind its sizes', () => {
  const shape = { layerCount: 1, hiddenSize: 32, intermediateSize: 64 };
  const sizes = TARGETS.map((target) => {
    const { outputSize, inputSize } = linearModule(0, target, shape);
    return `${outputSize}x${inputSize}`;
  });
  expect(sizes).toEqual(['32x32', '32x32', '32x32', '32x32', '64x32', '32x64']);
});

test('reads back every path it writes, and no other', () => {
  for (const target of TARGETS) {
    expect(parseModulePath(modulePath(23, target))).toEqual({ layer: 23, target });
  }
  for (const path of ['encoder.layer.01.output.dense', 'encoder.layer.1.dense', 'bert.encoder.layer.1.output.dense']) {
    expect(parseModulePath(path), path).toBeUndefined();
  }
});

test('reads a list of kinds in any order, and "all"', () => {
  expect(parseTargets('value, query')).toEqual(['query', 'value']);
  expect(parseTargets('all')).toEqual([...TARGETS]);
});

test('names every unknown and repeated kind at once', () => {
  expect(() => parseTargets('query,dense,query,q')).toThrow(
    /got "query,dense,query,q":\n {2}- "dense" is none of them\n {2}- "q" is none of them\n {2}- "query" is named more than once/,
  );
});
