import type { Fields } from '../../shared/study/fields.ts';

/** How many processes train, and when one of them is taken for dead. */
export const POOL_FIELDS = {
  parallel: {
    kind: 'number',
    default: 1,
    least: 1,
    most: 1024,
    whole: true,
    flag: '--parallel',
    value: '<N>',
    help: 'trainings at once, each in a process of its own that survives the crash of another and has its share of the cores (--threads: so many each); 1: in this process',
  },
  silenceSeconds: {
    kind: 'number',
    default: 600,
    least: 1,
    most: 1e6,
    flag: '--silence-seconds',
    value: '<s>',
    help: 'a process that gives no sign of life for so long is replaced; a training step must take less',
  },
} as const satisfies Fields;
