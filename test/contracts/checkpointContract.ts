import type { Checkpoint } from '../../shared/trial/checkpoint.ts';
import type { CheckpointStore } from '../../shared/trial/checkpointedTrial.ts';
import type { ContractCase } from './historyContract.ts';

/** A place for one trial's checkpoints, empty at first. */
export interface CheckpointPlace {
  /** The store of the trial with that key, as a new session finds it. */
  open(trial: string): CheckpointStore;
  /** Changes a byte of every checkpoint that was written after step `step`. */
  damageAfter(step: number): Promise<void>;
  /** How many checkpoints are kept. */
  count(): Promise<number>;
}

/** What every store of checkpoints promises; run in Node and, with the page's store, in a browser. */
export const CHECKPOINT_CONTRACT: readonly ContractCase<CheckpointPlace>[] = [
  {
    title: 'has none at first',
    async run(place) {
      await expectNewest(place, undefined, 0);
    },
  },
  {
    title: 'gives back the newest to the last bit and keeps two',
    async run(place) {
      await write(place, 10, 20, 30);
      await expectNewest(place, 30, 0);
      if ((await place.count()) !== 2) throw new Error(`${await place.count()} checkpoints are kept, not 2`);
    },
  },
  {
    title: 'writes over the older one, also in a new session',
    async run(place) {
      await write(place, 10);
      await write(place, 20);
      await write(place, 30);
      await place.damageAfter(25);
      await expectNewest(place, 20, 1);
    },
  },
  {
    title: 'falls back to the one before where the newest is damaged, tells of it, and writes over the damaged one',
    async run(place) {
      await write(place, 10, 20);
      await place.damageAfter(15);
      await expectNewest(place, 10, 1);
      await write(place, 30);
      await place.damageAfter(25);
      await expectNewest(place, 10, 1);
    },
  },
  {
    title: "does not hand over another trial's",
    async run(place) {
      await write(place, 10);
      const { checkpoint, problems } = await place.open('another').newest();
      if (checkpoint) throw new Error("another trial's checkpoint was handed over");
      if (problems.length !== 1) throw new Error(`${problems.length} problems are told, not 1`);
    },
  },
];

const TRIAL = 'trial';

async function write(place: CheckpointPlace, ...steps: readonly number[]): Promise<void> {
  const store = place.open(TRIAL);
  await store.newest();
  for (const step of steps) await store.write(checkpointAfter(step));
}

async function expectNewest(place: CheckpointPlace, step: number | undefined, problemCount: number): Promise<void> {
  const { checkpoint, problems } = await place.open(TRIAL).newest();
  const [is, shouldBe] = [inWords(checkpoint), inWords(step === undefined ? undefined : checkpointAfter(step))];
  if (is !== shouldBe) throw new Error(`the newest checkpoint is ${is}, it should be ${shouldBe}`);
  if (problems.length !== problemCount) {
    throw new Error(`${problems.length} problems are told, not ${problemCount}: ${problems.join('; ')}`);
  }
}

/** Numbers that a lossy store would change. */
function checkpointAfter(step: number): Checkpoint {
  const values = Float32Array.of(step, -0, 1e-45, Math.fround(0.1), 3.4e38);
  return {
    step,
    parameters: values,
    optimizer: { m: values.map((x) => x / 2), v: values.map((x) => x / 4), stepCount: step },
    best: { epoch: 1, validationMse: 0.1 + 0.2, parameters: values.map((x) => -x) },
    epochs: [],
    epochLosses: { regression: 1 / 3, classes: 0 },
    sensitivitySums: [1 / 7],
  };
}

function inWords(checkpoint: Checkpoint | undefined): string {
  return JSON.stringify(checkpoint, (_, value: unknown) =>
    value instanceof Float32Array ? [...new Uint8Array(value.buffer)].join() : value,
  );
}
