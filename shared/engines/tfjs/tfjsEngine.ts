import { elementCount, type Sizes, shapeOf } from '../../plan/dimension.ts';
import type { Value } from '../../plan/operation.ts';
import { deathsAfter, type Plan } from '../../plan/plan.ts';
import { DarseError, problemsError } from '../../study/darseError.ts';
import type { Engine, EngineDescription, GivenTensors, PreparedPlan, ReadConstant } from '../engine.ts';
import type { Tensor, Tfjs, TfjsBackend } from './tfjsBackend.ts';
import { TfjsConstants } from './tfjsConstants.ts';
import { runOperation, type TfjsRun } from './tfjsOperations.ts';
import { TfjsTensors } from './tfjsTensors.ts';

export interface TfjsEngineOptions {
  /** The module, with the backend registered and ready. */
  readonly tf: Tfjs;
  readonly backend: TfjsBackend;
  /** The name it is registered under, where that is not its own. */
  readonly backendName?: string;
  readonly readConstant: ReadConstant;
  readonly description: EngineDescription;
  /** Says in words why results cannot be trusted any more (a lost device, a refused command), once that has happened. */
  readonly failure?: () => string | undefined;
  /** Gives back what was opened for the engine, after its tensors are freed. */
  readonly close?: () => void | Promise<void>;
}

/** Runs plans on a tfjs backend, operation by operation, and frees every value after its last use. */
export function createTfjsEngine(options: TfjsEngineOptions): Engine {
  const { tf, backend, backendName = backend, readConstant, description, failure = () => undefined, close } = options;
  const tensors = new TfjsTensors({ tf, backend, backendName });
  const constants = new TfjsConstants(tensors, readConstant);
  return {
    description,
    async prepare(plan) {
      await constants.load(plan);
      return preparedPlan(plan, { tensors, constants, failure });
    },
    tensorCount: () => tensors.count,
    async dispose() {
      if (tensors.closed) return;
      tensors.close();
      await close?.();
    },
  };
}

interface Resources {
  readonly tensors: TfjsTensors;
  readonly constants: TfjsConstants;
  readonly failure: () => string | undefined;
}

/** The tensors of one run that are there now, by the id of their value. */
type LiveTensors = Map<number, Tensor>;

function preparedPlan(plan: Plan, { tensors, constants, failure }: Resources): PreparedPlan {
  const deaths = deathsAfter(plan);

  function compute(sizes: Sizes, given: GivenTensors, live: LiveTensors): void {
    for (const [value, numbers] of givenNumbers(plan, sizes, given)) {
      live.set(value.id, tensors.upload(numbers, shapeOf(value.shape, sizes)));
    }
    const run = runAccess(sizes, live);
    plan.operations.forEach((operation, index) => {
      const results = tensors.compute(() => runOperation(operation, run));
      operation.outputs.forEach((value, i) => live.set(value.id, present(results[i], operation.kind)));
      for (const value of deaths[index] ?? []) {
        tensors.free(run.tensor(value));
        live.delete(value.id);
      }
    });
  }

  function runAccess(sizes: Sizes, live: LiveTensors): TfjsRun {
    return {
      context: tensors.context,
      sizes,
      tensor({ id, source }) {
        if (source.from === 'constant') return present(constants.get(source.name).upright, source.name);
        return present(live.get(id), `value ${id}`);
      },
      factor(value, transpose) {
        const { source } = value;
        const stored = source.from === 'constant' ? constants.get(source.name) : { upright: this.tensor(value) };
        return transpose ? { upright: stored.turned, turned: stored.upright } : stored;
      },
    };
  }

  async function readBack(sizes: Sizes, live: LiveTensors): Promise<Map<string, Float32Array>> {
    const run = runAccess(sizes, live);
    return new Map(
      await Promise.all(
        Array.from(plan.outputs, async ([name, value]): Promise<[string, Float32Array]> => {
          const numbers = await run.tensor(value).data<'float32'>();
          // A copy, because on some backends a tensor that was uploaded hands back the array it was uploaded from.
          return [name, numbers.slice()];
        }),
      ),
    );
  }

  return {
    async run(sizes, given) {
      const live: LiveTensors = new Map();
      try {
        tensors.enter();
        compute(sizes, given, live);
        const results = await readBack(sizes, live);
        const reason = failure();
        if (reason !== undefined) throw new DarseError('engine', reason);
        return results;
      } catch (cause) {
        const reason = failure();
        throw reason === undefined ? cause : new DarseError('engine', reason, { cause });
      } finally {
        for (const tensor of live.values()) tensors.free(tensor);
      }
    },
    async dispose() {},
  };
}

function present(tensor: Tensor | undefined, what: string): Tensor {
  if (tensor === undefined) throw new DarseError('internal', `${what} has no tensor`);
  return tensor;
}

/** The numbers of every value that a run has to be given; all that are missing or of a wrong length are reported at once. */
function givenNumbers(plan: Plan, sizes: Sizes, given: GivenTensors): Map<Value, Float32Array> {
  const found = new Map<Value, Float32Array>();
  const problems: string[] = [];
  for (const value of plan.given) {
    const { source } = value;
    if (source.from === 'constant' || source.from === 'operation') continue;
    const numbers = given.get(source.name);
    const count = elementCount(value.shape, sizes);
    if (numbers?.length === count) found.set(value, numbers);
    else problems.push(`"${source.name}" must have ${count} numbers, got ${numbers?.length ?? 'none'}`);
  }
  if (problems.length > 0) throw problemsError('internal', 'a run was not given what its plan needs:', problems);
  return found;
}
