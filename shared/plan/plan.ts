import { inputsOf, type Operation, type Value } from './operation.ts';

/** A recorded computation: plain data that any engine can run, with symbolic sizes. */
export interface Plan {
  /** Everything that is there before the first operation: constants, parameters, batch inputs, dropout masks. */
  readonly given: readonly Value[];
  /** In an order in which every input exists before it is read. */
  readonly operations: readonly Operation[];
  /** What a run hands back, by name. */
  readonly outputs: ReadonlyMap<string, Value>;
}

/** For each operation, the values made by operations that nobody needs after it (outputs of the plan never die). */
export function deathsAfter(plan: Plan): Value[][] {
  const kept = new Set([...plan.outputs.values()].map((value) => value.id));
  const lastUse = new Map<number, number>();
  const made = new Map<number, Value>();
  plan.operations.forEach((operation, index) => {
    for (const value of operation.outputs) {
      made.set(value.id, value);
      lastUse.set(value.id, index);
    }
    for (const value of inputsOf(operation)) lastUse.set(value.id, index);
  });
  const deaths: Value[][] = plan.operations.map(() => []);
  for (const [id, value] of made) {
    if (!kept.has(id)) deaths[lastUse.get(id) ?? 0]?.push(value);
  }
  return deaths;
}
