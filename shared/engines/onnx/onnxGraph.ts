import type { Shape } from '../../plan/dimension.ts';
import type { Plan } from '../../plan/plan.ts';
import { GraphBuilder, nameOf } from './graphBuilder.ts';
import type { OnnxGraph, OnnxInitializer, OnnxTensorInfo } from './onnxProto.ts';
import { writeOperation } from './writeOperation.ts';

/** A plan as an ONNX graph, and how a run feeds it. */
export interface PlanGraph {
  readonly graph: OnnxGraph;
  /** int64 inputs beside the plan's given values: shapes, to be filled from the sizes of a run. */
  readonly shapeInputs: ReadonlyMap<string, Shape>;
}

/**
 * Writes a plan as one graph with free sizes. Given values are inputs by their own names, constants too but for those in `weights`, which
 * are tensors of the graph. `padded`: shapes of constants that are not the plan's.
 */
export function onnxGraph(
  plan: Plan,
  weights: ReadonlyMap<string, Float32Array> = new Map(),
  padded: ReadonlyMap<string, readonly number[]> = new Map(),
): PlanGraph {
  const builder = new GraphBuilder();
  for (const operation of plan.operations) writeOperation(builder, operation);
  for (const [name, value] of plan.outputs) builder.write('Identity', [nameOf(value)], [graphOutput(name)]);
  const { nodes, initializers, shapeInputs } = builder;
  const given: OnnxTensorInfo[] = [];
  const external: OnnxInitializer[] = [];
  for (const value of plan.given) {
    const name = nameOf(value);
    const data = weights.get(name);
    const shape = (value.source.from === 'constant' && padded.get(name)) || value.shape;
    if (data) external.push({ name, dims: shape.map(Number), data });
    else given.push({ name, type: 'float32', shape });
  }
  const shapes = [...shapeInputs].map(
    ([name, shape]): OnnxTensorInfo => ({ name, type: 'int64', shape: [shape.length] }),
  );
  const outputs = [...plan.outputs].map(
    ([name, { shape }]): OnnxTensorInfo => ({ name: graphOutput(name), type: 'float32', shape }),
  );
  const graph = { inputs: [...given, ...shapes], outputs, initializers: [...initializers.values()], external, nodes };
  return { graph, shapeInputs };
}

/** The graph's name of a plan's output: an output may be called like an input, such as a gradient like its parameter. */
export function graphOutput(name: string): string {
  return `output:${name}`;
}
