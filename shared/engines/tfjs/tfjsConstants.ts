import { elementCount, shapeOf } from '../../plan/dimension.ts';
import { inputsOf, type Operation, type Value } from '../../plan/operation.ts';
import type { Plan } from '../../plan/plan.ts';
import { DarseError } from '../../study/darseError.ts';
import type { ReadConstant } from '../engine.ts';
import { type Tensor, transposesInProducts } from './tfjsBackend.ts';
import { type Factor, transposed } from './tfjsProducts.ts';
import type { TfjsTensors } from './tfjsTensors.ts';

interface Constant {
  readonly arrival: Promise<void>;
  wantsUpright: boolean;
  wantsTurned: boolean;
  upright?: Tensor | undefined;
  turned?: Tensor | undefined;
}

/** The frozen tensors of an engine, each read once; a weight is kept in the orientations in which plans multiply by it. */
export class TfjsConstants {
  readonly #tensors: TfjsTensors;
  readonly #readConstant: ReadConstant;
  readonly #constants = new Map<string, Constant>();

  constructor(tensors: TfjsTensors, readConstant: ReadConstant) {
    this.#tensors = tensors;
    this.#readConstant = readConstant;
  }

  /** Brings what a plan needs onto the device, one after the other so that few are in the host's memory at a time. */
  async load(plan: Plan): Promise<void> {
    const transposesKept = !transposesInProducts(this.#tensors.context.backend);
    const uses = usesOf(plan);
    for (const value of plan.given) {
      if (value.source.from !== 'constant') continue;
      const turned = transposesKept && uses.turned.has(value.id);
      const constant = this.#constants.get(value.source.name) ?? this.#begin(value.source.name, value);
      constant.wantsTurned ||= turned;
      constant.wantsUpright ||= !turned || uses.upright.has(value.id);
      await constant.arrival;
      this.#orient(constant);
    }
  }

  /** The tensor as stored (`upright`) and transposed (`turned`), in the orientations that plans wanted. */
  get(name: string): Factor {
    const constant = this.#constants.get(name);
    if (!constant) throw new DarseError('internal', `constant "${name}" was not loaded`);
    return constant;
  }

  #begin(name: string, value: Value): Constant {
    const constant: Constant = {
      wantsUpright: false,
      wantsTurned: false,
      arrival: this.#read(name, value).then((tensor) => {
        constant.upright = tensor;
      }),
    };
    this.#constants.set(name, constant);
    return constant;
  }

  async #read(name: string, value: Value): Promise<Tensor> {
    const numbers = await this.#readConstant(name);
    const shape = shapeOf(value.shape, new Map());
    const count = elementCount(value.shape, new Map());
    if (numbers.length !== count) {
      const wanted = `[${shape.join(', ')}] = ${count} numbers`;
      throw new DarseError('internal', `constant "${name}" must have ${wanted}, got ${numbers.length}`);
    }
    this.#tensors.enter();
    return this.#tensors.upload(numbers, shape);
  }

  #orient(constant: Constant): void {
    this.#tensors.enter();
    if (constant.wantsTurned) constant.turned ??= this.#transposed(constant.upright);
    if (constant.wantsUpright) constant.upright ??= this.#transposed(constant.turned);
    if (!constant.wantsUpright && constant.upright) {
      this.#tensors.free(constant.upright);
      constant.upright = undefined;
    }
  }

  #transposed(tensor: Tensor | undefined): Tensor | undefined {
    return tensor && this.#tensors.compute(() => [transposed(this.#tensors.context, tensor)])[0];
  }
}

/** Which values the operations of a plan read as stored, and which they multiply by transposed. */
function usesOf(plan: Plan): { upright: Set<number>; turned: Set<number> } {
  const upright = new Set<number>([...plan.outputs.values()].map((value) => value.id));
  const turned = new Set<number>();
  for (const operation of plan.operations) {
    for (const value of inputsOf(operation)) (isTurned(operation, value) ? turned : upright).add(value.id);
  }
  return { upright, turned };
}

function isTurned({ kind, inputs, attributes }: Operation, value: Value): boolean {
  if (kind !== 'matMul' && kind !== 'batchMatMul') return false;
  return (attributes.transposeA && inputs.a === value) || (attributes.transposeB && inputs.b === value);
}
