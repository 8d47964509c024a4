import type { Shape, Sizes } from './dimension.ts';
import { inputsOf, type Operation } from './operation.ts';
import type { Plan } from './plan.ts';

/** A sum of products of symbols, such as 384·B·T + 768·B·T·rank: by the symbols' names in order with `*` between, each with its factor. */
export type Polynomial = ReadonlyMap<string, number>;

/** What a run of a plan computes, at any sizes. */
export interface PlanWork {
  readonly operations: number;
  /** Of all matrix products: M·K·N each. */
  readonly multiplyAdds: Polynomial;
  /** Numbers that operations read and write. */
  readonly elements: Polynomial;
  /** Numbers of all dropout masks. */
  readonly drawn: Polynomial;
}

/** Counts the work of a plan once for all sizes. */
export function planWork(plan: Plan): PlanWork {
  const multiplyAdds = new Map<string, number>();
  const elements = new Map<string, number>();
  const drawn = new Map<string, number>();
  for (const operation of plan.operations) {
    for (const { shape } of [...inputsOf(operation), ...operation.outputs]) addProduct(elements, shape);
    const inner = innerDimension(operation);
    if (inner) addProduct(multiplyAdds, [...(operation.outputs[0]?.shape ?? []), ...inner]);
  }
  for (const { source, shape } of plan.given) if (source.from === 'dropout') addProduct(drawn, shape);
  return { operations: plan.operations.length, multiplyAdds, elements, drawn };
}

/** The value of a polynomial at given sizes; a symbol without a size counts as 0. */
export function valueAt(polynomial: Polynomial, sizes: Sizes): number {
  let sum = 0;
  for (const [symbols, factor] of polynomial) {
    let product = factor;
    if (symbols !== '') for (const symbol of symbols.split('*')) product *= sizes.get(symbol) ?? 0;
    sum += product;
  }
  return sum;
}

/** K of a matrix product; nothing for the other kinds of operation. */
function innerDimension(operation: Operation): Shape | null {
  if (operation.kind !== 'matMul' && operation.kind !== 'batchMatMul') return null;
  const { shape } = operation.inputs.a;
  return shape.slice(operation.attributes.transposeA ? -2 : -1).slice(0, 1);
}

function addProduct(polynomial: Map<string, number>, shape: Shape): void {
  let factor = 1;
  const symbols: string[] = [];
  for (const dimension of shape) {
    for (const part of typeof dimension === 'number' ? [dimension] : dimension.split('*')) {
      if (/^\d+$/.test(String(part))) factor *= Number(part);
      else symbols.push(String(part));
    }
  }
  const key = symbols.sort().join('*');
  polynomial.set(key, (polynomial.get(key) ?? 0) + factor);
}
