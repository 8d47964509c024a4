import type { Plan } from '../plan/plan.ts';
import type { Engine, PreparedPlan } from './engine.ts';

/** A trial uses two at a time: for training and for prediction. */
const MOST_IDLE = 2;

/**
 * The engine, keeping the plans disposed of last for whoever prepares the same again: trials of one study differ in sizes alone as long as they
 * adapt the same modules, and preparing can take longer than a small trial. A plan that failed is not kept.
 */
export function reusePlans(engine: Engine): Engine {
  const idle: { readonly key: string; readonly prepared: PreparedPlan }[] = [];
  return {
    description: engine.description,
    tensorCount: () => engine.tensorCount(),
    async dispose() {
      idle.length = 0;
      await engine.dispose();
    },
    async prepare(plan) {
      const key = planKey(plan);
      const place = idle.findIndex((kept) => kept.key === key);
      const [kept] = place < 0 ? [] : idle.splice(place, 1);
      const prepared = kept?.prepared ?? (await engine.prepare(plan));
      let state: 'good' | 'failed' | 'disposed' = 'good';
      return {
        async run(sizes, given) {
          try {
            return await prepared.run(sizes, given);
          } catch (error) {
            if (state === 'good') state = 'failed';
            throw error;
          }
        },
        async dispose() {
          if (state === 'disposed') return;
          if (state === 'failed') await prepared.dispose();
          else idle.push({ key, prepared });
          state = 'disposed';
          if (idle.length > MOST_IDLE) await idle.shift()?.prepared.dispose();
        },
      };
    },
  };
}

/** Equal for plans that are recorded alike. */
function planKey(plan: Plan): string {
  return JSON.stringify({ ...plan, outputs: [...plan.outputs] });
}
