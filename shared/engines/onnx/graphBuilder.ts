import type { Shape } from '../../plan/dimension.ts';
import type { Value } from '../../plan/operation.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxNode } from './onnxProto.ts';

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

/** Collects the nodes of an ONNX graph and the small tensors that they need. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxInitializer>();
  /** Graph inputs that hold a shape: int64 tensors to be filled from the sizes of a run. */
  readonly shapeInputs = new Map<string, Shape>();

  write(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: OnnxAttributes = {},
  ): void {
    this.nodes.push({ operator, inputs, outputs, attributes });
  }

  /** a b for matrices or equal stacks of them, each transposed where asked: one node of ONNX Runtime's own, which copies neither. */
  fusedMatMul(a: string, b: string, { transposeA, transposeB }: Transposes, output = this.#freshName()): string {
    const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
    this.nodes.push({
      operator: 'FusedMatMul',
      domain: 'com.microsoft',
      inputs: [a, b],
      outputs: [output],
      attributes,
    });
    return output;
  }

  /** A node with one output, whose name is returned. */
  node(operator: string, inputs: readonly string[], attributes: OnnxAttributes = {}): string {
    const output = this.#freshName();
    this.write(operator, inputs, [output], attributes);
    return output;
  }

  #freshName(): string {
    return `node:${this.nodes.length}`;
  }

  scalar(value: number): string {
    const name = `scalar:${value}`;
    this.initializers.set(name, { name, dims: [], data: Float32Array.of(value) });
    return name;
  }

  integers(...values: readonly number[]): string {
    const name = `integers:${values.join()}`;
    this.initializers.set(name, { name, dims: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  }

  /** The target of a Reshape: an initializer where at most one size is free (-1 stands for it), else a graph input. */
  target(shape: Shape): string {
    const free = shape.filter((dimension) => typeof dimension === 'string').length;
    if (free <= 1) return this.integers(...shape.map((dimension) => (typeof dimension === 'string' ? -1 : dimension)));
    const name = `shape:${shape.join()}`;
    this.shapeInputs.set(name, shape);
    return name;
  }

  reshaped(x: string, shape: Shape): string {
    return this.node('Reshape', [x, this.target(shape)]);
  }
}

/** What a graph calls a value: given ones keep their name. */
export function nameOf(value: Value): string {
  return value.source.from === 'operation' ? `value:${value.id}` : value.source.name;
}
