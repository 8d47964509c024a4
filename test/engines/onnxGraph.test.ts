import { describe, expect, it } from 'vitest';
import { onnxGraph } from '../../shared/engines/onnx/onnxGraph.ts';
import { encodeOnnxModel } from '../../shared/engines/onnx/onnxProto.ts';
import type { Value } from '../../shared/plan/operation.ts';
import { Recorder } from '../../shared/plan/recorder.ts';

describe('the ONNX graph of a plan', () => {
  it('asks for a shape only where two sizes are free, and once for all who need it', () => {
    const { shapeInputs, graph } = graphOf((recorder) => {
      const x = recorder.batch('x', ['B*T', 12]);
      const [query, key] = [recorder.splitHeads(x, 3, 'T'), recorder.splitHeads(recorder.add(x, x), 3, 'T')];
      return recorder.mergeHeads(recorder.batchMatMul(recorder.batchMatMul(query, key, { transposeB: true }), key));
    });
    expect([...shapeInputs]).toEqual([['shape:B,T,3,4', ['B', 'T', 3, 4]]]);
    expect(graph.inputs).toContainEqual({ name: 'shape:B,T,3,4', type: 'int64', shape: [4] });
  });

  it('has constants as inputs, so that no weight is inside the file', () => {
    const { graph } = graphOf((recorder) =>
      recorder.matMul(recorder.batch('x', ['B', 64]), recorder.constant('weight', [64, 64])),
    );
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'weight']);
    expect(graph.initializers).toEqual([]);
  });

  it('names held weights without a copy of them in the file', () => {
    const recorder = new Recorder();
    const weight = recorder.constant('weight', [64, 64]);
    recorder.output('y', recorder.matMul(recorder.batch('x', ['B', 64]), weight));
    const data = new Float32Array(64 * 64);
    const { graph } = onnxGraph(recorder.finish(), new Map([['weight', data]]));
    expect(graph.external).toEqual([{ name: 'weight', dims: [64, 64], data }]);
    expect(encodeOnnxModel(graph).byteLength).toBeLessThan(1024);
  });

  it('turns no stack of matrices before a product, and after one the smaller factor', () => {
    const { graph } = graphOf((recorder) => {
      const heads = recorder.batch('heads', ['B', 3, 'T', 4]);
      const scores = recorder.batchMatMul(heads, heads, { transposeB: true });
      return recorder.batchMatMul(scores, heads, { transposeA: true });
    });
    expect(graph.nodes.map(({ operator }) => operator)).toEqual([
      'FusedMatMul',
      'FusedMatMul',
      'Transpose',
      'Identity',
    ]);
  });

  it('tells a gradient from the parameter that it is named after', () => {
    const recorder = new Recorder();
    recorder.output('bias', recorder.sumRows(recorder.parameter('bias', ['B', 4])));
    const { graph } = onnxGraph(recorder.finish());
    expect(graph.inputs[0]?.name).toBe('bias');
    expect(graph.outputs[0]?.name).not.toBe('bias');
  });

  it('adds with Add alone: Sum has no WebGPU kernel', () => {
    const { graph } = graphOf((recorder) => {
      const x = recorder.batch('x', ['B', 4]);
      return recorder.add(recorder.add(x, x), x);
    });
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Add', 'Add', 'Identity']);
  });
});

function graphOf(record: (recorder: Recorder) => Value): ReturnType<typeof onnxGraph> {
  const recorder = new Recorder();
  recorder.output('result', record(recorder));
  return onnxGraph(recorder.finish());
}
