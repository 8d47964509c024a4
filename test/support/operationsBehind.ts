import { inputsOf, type Operation } from '../../shared/plan/operation.ts';
import type { Plan } from '../../shared/plan/plan.ts';

/** The operations that outputs of a plan depend on, in the plan's order; by default all its outputs. */
export function operationsBehind(plan: Plan, outputs: Iterable<string> = plan.outputs.keys()): Operation[] {
  const needed = new Set(Array.from(outputs, (name) => plan.outputs.get(name)?.id));
  const behind: Operation[] = [];
  for (const operation of plan.operations.toReversed()) {
    if (!operation.outputs.some(({ id }) => needed.has(id))) continue;
    behind.push(operation);
    for (const { id } of inputsOf(operation)) needed.add(id);
  }
  return behind.reverse();
}

/** The plan of some outputs alone. */
export function planOf(plan: Plan, names: readonly string[]): Plan {
  const outputs = new Map([...plan.outputs].filter(([name]) => names.includes(name)));
  return { given: plan.given, operations: operationsBehind(plan, names), outputs };
}
