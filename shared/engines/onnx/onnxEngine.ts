import { elementCount, type Shape, type Sizes, shapeOf } from '../../plan/dimension.ts';
import type { Plan } from '../../plan/plan.ts';
import { DarseError } from '../../study/darseError.ts';
import type { Engine, EngineDescription, GivenTensors, PreparedPlan, ReadConstant } from '../engine.ts';
import { graphOutput, onnxGraph, type PlanGraph } from './onnxGraph.ts';
import { holdsWeights } from './holdsWeights.ts';
import { OnnxConstants } from './onnxConstants.ts';
import { bytesOf, encodeOnnxModel } from './onnxProto.ts';
import { paddedConstants } from './paddedConstants.ts';

/** What the engine uses of onnxruntime's API, which is the same in onnxruntime-node and onnxruntime-web. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: {
    new (type: 'float32', data: Float32Array, dims: readonly number[]): OnnxTensor;
    new (type: 'int64', data: BigInt64Array, dims: readonly number[]): OnnxTensor;
  };
}

export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface OnnxTensor {
  readonly data: unknown;
  dispose(): void;
}

/** What a host chooses for its sessions; names and meanings are onnxruntime-common's. */
export interface OnnxHostOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads?: number;
  /** Session configuration entries, nested at their dots. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface OnnxSessionOptions extends OnnxHostOptions {
  /** Tensors that the model names without having them; the memory must stay while the session lives. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly graphOptimizationLevel: 'all';
  readonly executionMode: 'sequential';
  readonly logSeverityLevel: 3;
  readonly enableMemPattern: boolean;
}

export interface OnnxEngineOptions {
  readonly runtime: OnnxRuntime;
  readonly readConstant: ReadConstant;
  readonly description: EngineDescription;
  readonly hostOptions: OnnxHostOptions;
}

const SESSION_OPTIONS = {
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  /** Errors only: an error is thrown as well. */
  logSeverityLevel: 3,
  /** A pattern makes the arena hold a second block for each pair of sizes: twice the memory, and not faster. */
  enableMemPattern: false,
} as const;

const NO_SIZES: Sizes = new Map();

/** Runs plans as ONNX graphs. */
export function createOnnxEngine(options: OnnxEngineOptions): Engine {
  return new OnnxEngine(options);
}

class OnnxEngine implements Engine {
  readonly description: EngineDescription;
  readonly #options: OnnxEngineOptions;
  readonly #constants: OnnxConstants;
  readonly #plans = new Set<PreparedPlan>();
  #tensorCount = 0;

  constructor(options: OnnxEngineOptions) {
    this.description = options.description;
    this.#options = options;
    this.#constants = new OnnxConstants(options.readConstant);
  }

  async prepare(plan: Plan): Promise<PreparedPlan> {
    const { runtime, hostOptions } = this.#options;
    const held = holdsWeights(plan);
    const padded = paddedConstants(plan);
    const weights = new Map<string, Float32Array>();
    const constants: Record<string, OnnxTensor> = {};
    for (const { source, shape } of plan.given) {
      if (source.from !== 'constant') continue;
      const wanted = padded.get(source.name) ?? shape;
      const numbers = await this.#constants.get(source.name, shape, wanted);
      if (held) weights.set(source.name, numbers);
      else constants[source.name] = this.#floats(source.name, numbers, wanted, NO_SIZES);
    }
    const planGraph = onnxGraph(plan, weights, padded);
    const session = await runtime.InferenceSession.create(encodeOnnxModel(planGraph.graph), {
      ...SESSION_OPTIONS,
      ...hostOptions,
      externalData: planGraph.graph.external.map((tensor) => ({ path: tensor.name, data: bytesOf(tensor) })),
    });
    const prepared: PreparedPlan = {
      run: (sizes, given) => this.#run({ plan, planGraph, session, constants }, sizes, given),
      dispose: async () => {
        if (!this.#plans.delete(prepared)) return;
        await session.release();
        for (const tensor of Object.values(constants)) this.#free(tensor);
      },
    };
    this.#plans.add(prepared);
    return prepared;
  }

  tensorCount(): number {
    return this.#tensorCount + this.#constants.count;
  }

  async dispose(): Promise<void> {
    for (const prepared of this.#plans) await prepared.dispose();
    this.#constants.clear();
  }

  async #run(
    { plan, planGraph, session, constants }: SessionOfPlan,
    sizes: Sizes,
    given: GivenTensors,
  ): Promise<Map<string, Float32Array>> {
    const feeds: Record<string, OnnxTensor> = {};
    try {
      for (const { source, shape } of plan.given) {
        if (source.from === 'operation' || source.from === 'constant') continue;
        feeds[source.name] = this.#floats(source.name, given.get(source.name), shape, sizes);
      }
      for (const [name, shape] of planGraph.shapeInputs) feeds[name] = this.#integers(shapeOf(shape, sizes));
      const fetched = await session.run({ ...constants, ...feeds });
      const outputs = new Map<string, Float32Array>();
      for (const name of plan.outputs.keys()) {
        const tensor = fetched[graphOutput(name)];
        outputs.set(name, floatsOf(name, tensor));
        tensor?.dispose();
      }
      return outputs;
    } finally {
      for (const tensor of Object.values(feeds)) this.#free(tensor);
    }
  }

  #floats(name: string, data: Float32Array | undefined, shape: Shape, sizes: Sizes): OnnxTensor {
    const count = elementCount(shape, sizes);
    if (data?.length !== count) {
      const found = data ? `${data.length}` : 'no tensor';
      throw new DarseError('internal', `"${name}" of shape [${shape.join()}] needs ${count} elements, got ${found}`);
    }
    this.#tensorCount++;
    return new this.#options.runtime.Tensor('float32', data, shapeOf(shape, sizes));
  }

  #integers(values: readonly number[]): OnnxTensor {
    this.#tensorCount++;
    return new this.#options.runtime.Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
  }

  #free(tensor: OnnxTensor): void {
    tensor.dispose();
    this.#tensorCount--;
  }
}

function floatsOf(name: string, tensor: OnnxTensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new DarseError('internal', `ONNX Runtime made no "${name}"`);
}

interface SessionOfPlan {
  readonly plan: Plan;
  readonly planGraph: PlanGraph;
  readonly session: OnnxSession;
  readonly constants: Readonly<Record<string, OnnxTensor>>;
}
