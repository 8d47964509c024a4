import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { childProcesses, isAlive } from '../../support/childProcesses.ts';
import { type CliRun, runCli, type StartedCli } from '../../support/runCli.ts';
import { PATIENCE_MS, STUDY_FLAGS, studyFixture } from '../../support/studyFixture.ts';

const { folder, prepare, start, journal, finishedTrials, adapterHashes, untilRecords } = studyFixture();

/** One thread each, as the alone process has too: the number of threads decides the last digits. */
const STUDY = [...STUDY_FLAGS, '--threads', '1', '--checkpoint-seconds', '0.05'];
const POOL = [...STUDY, '--parallel', '2'];

let alone: CliRun;
beforeAll(async () => {
  prepare();
  alone = await runCli(['search', ...STUDY, '--out', 'alone'], { cwd: folder });
});

/** In the order asked: trainings that run at once end in any. */
function trialsOf(study: string): object[] {
  return finishedTrials(study).toSorted((a, b) => a.trial - b.trial);
}

function expectSameAsAlone(study: string): void {
  expect(trialsOf(study)).toEqual(trialsOf('alone'));
  expect(adapterHashes(study)).toEqual(adapterHashes('alone'));
}

/** Until a record of that kind has come since, or the command has ended. */
async function untilKind(study: string, kind: string, running: StartedCli): Promise<void> {
  const count = () => journal(study).filter((record) => record.kind === kind).length;
  const before = count();
  while (count() === before && running.child.exitCode === null) await untilRecords(study, 1, running);
}

async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await wait(20);
}

describe('search --parallel 2', () => {
  let ended: CliRun;
  beforeAll(async () => {
    ended = await start('search', ...POOL, '--out', 'pool').ended;
  });

  test('ends with the same trials, adapters and verdict as one process with as many threads', () => {
    expect(ended.code).toBe(0);
    expectSameAsAlone('pool');
    const verdict = (text: string) => text.split('\n').find((line) => line.startsWith('verdict: '));
    expect(verdict(ended.stderr)).toBe(verdict(alone.stderr));
  });

  test('trains two at once where the strategy asks for several, and in the confirmation', () => {
    let running = 0;
    const most = { search: 0, confirmation: 0 };
    let phase: keyof typeof most = 'search';
    for (const { kind } of journal('pool')) {
      if (kind === 'trialStarted') running += 1;
      if (kind === 'trial' || kind === 'confirmation') running -= 1;
      if (kind === 'confirmationPlan') phase = 'confirmation';
      most[phase] = Math.max(most[phase], running);
    }
    expect(most).toEqual({ search: 2, confirmation: 2 });
  });

  test('records the threads of each and how many there were', () => {
    expect(journal('pool').find(({ kind }) => kind === 'session')).toMatchObject({
      parallel: 2,
      engine: { name: 'onnx', device: expect.stringContaining(', 1 threads') },
    });
  });
});

test(
  'a training process that is killed is replaced: its trial goes on from its checkpoint and ends with the same bytes',
  async () => {
    const running = start('search', ...POOL, '--out', 'killed');
    await untilKind('killed', 'epoch', running);
    const [victim = 0] = childProcesses(running.child.pid);
    process.kill(victim, 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `note: trial \\d+: its process ${victim} was ended by SIGKILL; it goes on from its newest checkpoint in 1 s`,
      ),
    );
    expect(stderr).toMatch(/trial \d+ goes on after step \d+/);
    expect(
      journal('killed').some(({ kind, message }) => kind === 'problem' && String(message).includes('SIGKILL')),
    ).toBe(true);
    expectSameAsAlone('killed');
  },
  PATIENCE_MS,
);

test(
  'a training process that falls silent is replaced too',
  async () => {
    const running = start('search', ...POOL, '--out', 'silent', '--silence-seconds', '15');
    await untilKind('silent', 'epoch', running);
    const [victim = 0] = childProcesses(running.child.pid);
    process.kill(victim, 'SIGSTOP');
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('it gave no sign of life for 15 s');
    expect(isAlive(victim)).toBe(false);
    expectSameAsAlone('silent');
  },
  PATIENCE_MS,
);

test(
  'a trial whose processes run out of memory again and again is a failed one, with the reason, and the study goes on',
  async () => {
    // In training processes alone, which have a channel to a parent, once the trial has begun.
    const begun = "require('node:fs').existsSync('dying/running/trial-1')";
    const fill = 'for (const a = [];;) a.push(new Array(1e5).fill(a.length));';
    const hog = `if (process.send) setInterval(() => { if (${begun}) ${fill} }, 100);`;
    writeFileSync(join(folder, 'hog.cjs'), hog);
    const one = ['--strategy', 'grid', '--trials', '1', '--confirm-seeds', '0', '--epochs', '1000'];
    const { code, stdout } = await runCli(['search', ...POOL, ...one, '--out', 'dying', '--json'], {
      cwd: folder,
      env: { NODE_OPTIONS: '--require ./hog.cjs --max-old-space-size=200' },
    });
    expect(code).toBe(1);
    const { end, history } = JSON.parse(stdout);
    expect(end).toBe('trials');
    expect(history).toMatchObject([
      {
        status: 'failed',
        message: expect.stringMatching(/^given up after 4 processes; .* JavaScript heap out of memory$/),
      },
    ]);
    expect(journal('dying').filter(({ kind }) => kind === 'problem')).toHaveLength(3);
  },
  PATIENCE_MS,
);

test(
  'a killed parent leaves no process behind, and resume goes on exactly, with any number of them',
  async () => {
    const running = start('search', ...POOL, '--out', 'orphans');
    await untilKind('orphans', 'trial', running);
    await untilKind('orphans', 'epoch', running);
    const children = childProcesses(running.child.pid);
    expect(children.length).toBeGreaterThan(0);
    running.child.kill('SIGKILL');
    await running.ended;
    await untilGone(children);
    expect((await start('resume', 'orphans', '--parallel', '3').ended).code).toBe(0);
    expectSameAsAlone('orphans');
  },
  PATIENCE_MS,
);

test(
  'Ctrl-C has every training saved and ends the processes; status shows each, and resume goes on inside them',
  async () => {
    // 600 steps each, checkpointed by nothing but the signal.
    const long = [...POOL, '--strategy', 'grid', '--trials', '2', '--confirm-seeds', '0', '--epochs', '40'];
    const running = start('search', ...long, '--checkpoint-seconds', '1000', '--out', 'stopped');
    const begun = () => journal('stopped').flatMap(({ kind, trial }) => (kind === 'epoch' ? [trial] : []));
    while (new Set(begun()).size < 2) await wait(10);
    const children = childProcesses(running.child.pid);
    expect(children).toHaveLength(2);
    // A terminal signals to the whole group.
    for (const child of children) process.kill(child, 'SIGINT');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('go on with: npx darse resume stopped');
    expect(children.filter(isAlive)).toEqual([]);
    const stops = journal('stopped').filter(({ kind }) => kind === 'interrupted');
    expect(new Set(stops.map(({ trial }) => trial))).toEqual(new Set([1, 2]));
    const status = await runCli(['status', 'stopped', '--json'], { cwd: folder });
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: 'interrupted',
      running: [
        { trial: 1, ranks: [2, 2] },
        { trial: 2, ranks: [2, 4] },
      ],
    });
    const resumed = await start('resume', 'stopped').ended;
    expect(resumed.code).toBe(0);
    for (const { trial, step } of stops) {
      expect(resumed.stderr).toContain(
        `trial ${String(trial)} goes on after step ${Number(step).toLocaleString('en')}\n`,
      );
    }
    const whole = await start('search', ...long, '--parallel', '1', '--out', 'unstopped').ended;
    expect(whole.code).toBe(0);
    expect(trialsOf('stopped')).toEqual(trialsOf('unstopped'));
    expect(adapterHashes('stopped')).toEqual(adapterHashes('unstopped'));
  },
  PATIENCE_MS,
);
