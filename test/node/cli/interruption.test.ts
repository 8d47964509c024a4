import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type HistoryRecord, parseHistory } from '../../../shared/history/record.ts';
import { randomKey, uniformAt } from '../../../shared/study/random.ts';
import { csvOf, temporaryFolder, tinyExamples, writeTinyModel } from '../../support/cliFixture.ts';
import { type CliRun, runCli, type StartedCli, startCli } from '../../support/runCli.ts';

const folder = temporaryFolder();

/** 150 steps: a few seconds, so that signals hit the middle. */
const SETTINGS = ['--data', 'texts.csv', '--model', 'model', '--batch', '8', '--epochs', '3', '--lora-dropout', '0.1'];
/** Longer than any of these runs takes on a busy machine. */
const PATIENCE_MS = 120_000;

beforeAll(() => {
  writeTinyModel(join(folder, 'model'));
  writeFileSync(join(folder, 'texts.csv'), csvOf(tinyExamples(500)));
});

function start(...args: string[]): StartedCli {
  return startCli(['train', ...args], { cwd: folder });
}

function begin(out: string, engine: string, ...more: string[]): StartedCli {
  return start(...SETTINGS, '--engine', engine, '--out', out, ...more);
}

function history(out: string): readonly HistoryRecord[] {
  const path = join(folder, out, 'history.jsonl');
  return existsSync(path) ? parseHistory(readFileSync(path, 'utf8')).records : [];
}

/** Until `count` steps more are in the history than there were, or the command has ended. */
async function untilSteps(out: string, count: number, { child }: StartedCli): Promise<void> {
  const steps = () => history(out).filter(({ kind }) => kind === 'step').length;
  const before = steps();
  while (steps() < before + count && child.exitCode === null && child.signalCode === null) await wait(10);
}

function weights(out: string): string[] {
  const names = ['adapter_model.safetensors', 'darse_heads.safetensors'];
  return names.map((name) => readFileSync(join(folder, out, 'adapter', name), 'latin1'));
}

/** Sends signals at random moments and goes on after each until the run is done; how its processes ended. */
async function trainInPieces(out: string, engine: string, signals: readonly NodeJS.Signals[]): Promise<CliRun[]> {
  const key = randomKey(Date.now(), 'moments');
  const ends: CliRun[] = [];
  let running = begin(out, engine, '--checkpoint-seconds', '0.2');
  for (const [i, signal] of signals.entries()) {
    await untilSteps(out, 1 + Math.floor(12 * uniformAt(key, i)), running);
    await wait(10 * uniformAt(key, signals.length + i));
    running.child.kill(signal);
    ends.push(await running.ended);
    running = start('--resume', out, '--checkpoint-seconds', '0.2');
  }
  ends.push(await running.ended);
  return ends;
}

/** The weights of the same training on an engine without any interruption. */
const uninterrupted = new Map<string, Promise<string[]>>();

function wholeWeights(engine: string): Promise<string[]> {
  const found =
    uninterrupted.get(engine) ?? begin(`whole-${engine}`, engine).ended.then(() => weights(`whole-${engine}`));
  uninterrupted.set(engine, found);
  return found;
}

test.each(['onnx', 'wasm'])(
  'a training on %s saves at SIGINT and SIGTERM, says how to go on, survives SIGKILL, and ends with the same bytes',
  async (engine) => {
    const ends = await trainInPieces(engine, engine, ['SIGINT', 'SIGKILL', 'SIGTERM', 'SIGKILL']);
    expect(ends.map(({ code }) => code)).toEqual([130, null, 130, null, 0]);
    for (const { stderr } of ends.filter(({ code }) => code === 130)) {
      expect(stderr).toMatch(
        new RegExp(`interrupted after step \\d+; go on with: npx darse train --resume ${engine}\n$`),
      );
    }
    expect(weights(engine)).toEqual(await wholeWeights(engine));
    // Nor is a checkpoint left, which nobody would go on from.
    expect(readdirSync(join(folder, engine))).toEqual(readdirSync(join(folder, `whole-${engine}`)));
  },
  PATIENCE_MS,
);

describe('an interrupted training', () => {
  const CHECKPOINTS = ['checkpoint-0.safetensors', 'checkpoint-1.safetensors'];

  async function interrupt(out: string, ...more: string[]): Promise<CliRun> {
    const running = begin(out, 'onnx', '--checkpoint-seconds', '0', ...more);
    await untilSteps(out, 8, running);
    running.child.kill('SIGINT');
    return running.ended;
  }

  test('tells scripts where it stopped and how to go on', async () => {
    const { code, stdout } = await interrupt("it's here", '--json');
    expect(code).toBe(130);
    const step = history("it's here").at(-1)?.['step'];
    const resume = "npx darse train --resume 'it'\\''s here'";
    expect(JSON.parse(stdout)).toEqual({ interrupted: { step, resume } });
  });

  test('leaves at once at the second signal', async () => {
    // One step over all rows takes long enough for both signals.
    const running = begin('twice', 'onnx', '--batch', '400', '--pad', 'full');
    await untilSteps('twice', 1, running);
    running.child.kill('SIGINT');
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('stopping after this step');
    expect(stderr).not.toContain('interrupted after step');
  });

  test('whose newest checkpoint is damaged goes on from the older one, says so, and ends with the same bytes', async () => {
    await interrupt('damaged');
    const paths = CHECKPOINTS.map((name) => join(folder, 'damaged', name));
    const [older = '', newest = ''] = paths.sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
    truncateSync(newest, statSync(newest).size - 50);
    const { code, stderr } = await start('--resume', 'damaged').ended;
    expect(code).toBe(0);
    expect(stderr).toContain(newest.slice(folder.length + 1));
    expect(stderr).not.toContain(older.slice(folder.length + 1));
    expect(weights('damaged')).toEqual(await wholeWeights('onnx'));
  });

  test('whose last line of history is torn goes on, says so, and keeps the rest', async () => {
    await interrupt('torn');
    const before = history('torn');
    appendFileSync(join(folder, 'torn', 'history.jsonl'), '{"v":1,"kind":"st');
    const { code, stderr } = await start('--resume', 'torn').ended;
    expect(code).toBe(0);
    expect(stderr).toContain('history.jsonl: the last line was torn');
    const { records, problems } = parseHistory(readFileSync(join(folder, 'torn', 'history.jsonl'), 'utf8'));
    expect(problems).toEqual([]);
    expect(records.slice(0, before.length)).toEqual(before);
    expect(records.slice(before.length, before.length + 2).map(({ kind }) => kind)).toEqual(['resumed', 'started']);
    expect(records.at(-1)?.kind).toBe('finished');
  });

  test(
    'does not go on with other settings, other data, or as another DARSE',
    async () => {
      await interrupt('changed');
      const resume = (...more: string[]) => start('--resume', 'changed', ...more).ended;

      const withSettings = await resume('--epochs', '9');
      expect(withSettings).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('takes the settings of its folder'),
      });

      const text = readFileSync(join(folder, 'texts.csv'), 'utf8');
      appendFileSync(join(folder, 'texts.csv'), 'more,good record,1\n');
      const withData = await resume();
      writeFileSync(join(folder, 'texts.csv'), text);
      expect(withData).toMatchObject({ code: 2, stderr: expect.stringContaining('the data, the split changed since') });

      const backbone = join(folder, 'model', 'model.safetensors');
      const bytes = readFileSync(backbone);
      writeFileSync(
        backbone,
        bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
      );
      const withWeights = await resume();
      writeFileSync(backbone, bytes);
      expect(withWeights).toMatchObject({ code: 2, stderr: expect.stringContaining('the backbone changed since') });

      const path = join(folder, 'changed', 'run.json');
      const record = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...record, key: 'another', darse: '0.0.1' }));
      const withVersion = await resume();
      expect(withVersion).toMatchObject({ code: 2, stderr: expect.stringContaining('DARSE itself (0.0.1 then, ') });

      writeFileSync(path, JSON.stringify({ ...record, version: 2 }));
      const withFormat = await resume();
      expect(withFormat).toMatchObject({ code: 2, stderr: expect.stringContaining('another version of DARSE') });
    },
    PATIENCE_MS,
  );

  test('keeps its folder: another --out is asked for, and prediction asks to finish it', async () => {
    await interrupt('kept');
    const again = await begin('kept', 'onnx').ended;
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('go on with --resume kept') });
    const predicted = await runCli(['predict', '--adapter', 'kept', '--text', 'good'], { cwd: folder });
    expect(predicted).toMatchObject({ code: 2, stderr: expect.stringContaining('npx darse train --resume kept') });
  });
});
