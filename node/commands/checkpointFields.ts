import type { Fields } from '../../shared/study/fields.ts';

/** How often a training saves what it would go on from. */
export const CHECKPOINT_FIELDS = {
  checkpointSeconds: {
    kind: 'number',
    default: 30,
    least: 0,
    most: 1e6,
    flag: '--checkpoint-seconds',
    value: '<s>',
    help: 'seconds between checkpoints',
  },
} as const satisfies Fields;
