import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { openFileSource } from '../../node/fileSource.ts';
import { loadTensorflow } from '../../node/openEngine.ts';
import { type MadeUpTraining, startMadeUpTraining } from '../../node/engines/madeUpTraining.ts';
import { openBackbone } from '../../shared/encoder/backbone.ts';
import { openCheckpoint } from '../../shared/encoder/checkpoint.ts';
import { parseEncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import type { EngineName } from '../../shared/engines/engine.ts';
import { readTrainingSettings } from '../../shared/trial/readTrainingSettings.ts';
import { openNodeEngine } from '../../workers/nodeEngines.ts';
import { type OpenRequest, OpenRequestSchema, type Opened, StepsRequestSchema, type StepTimes } from './protocol.ts';
import { randomStore } from './randomStore.ts';

/** Made-up texts are made before training starts: enough for any bench. */
const MOST_STEPS = 400;

/** Answers the requests of protocol.ts from standard input with one engine, until the input ends. */
export async function serveSteps({ engine }: { engine: EngineName }): Promise<void> {
  let training: MadeUpTraining | undefined;
  for await (const line of createInterface(process.stdin)) {
    let answer: unknown;
    try {
      const request: unknown = JSON.parse(line);
      if (training) {
        answer = await timeSteps(training, v.parse(StepsRequestSchema, request).steps);
      } else {
        const opened = await open(engine, v.parse(OpenRequestSchema, request));
        ({ training } = opened);
        answer = opened.answer;
      }
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}

async function open(
  engineName: EngineName,
  request: OpenRequest,
): Promise<{ training: MadeUpTraining; answer: Opened }> {
  const importMiB = peakMiB();
  const startedAt = performance.now();
  const { folder, dropout, pooling, batch, tokens } = request;
  const config = parseEncoderConfig(request.config);
  const store =
    folder === null
      ? randomStore(config)
      : await openCheckpoint(new Map([['model', await openFileSource(join(folder, 'model.safetensors'))]]));
  const backbone = await openBackbone(store, config, folder ?? 'a random encoder');
  const { readConstant } = backbone;
  const threads = request.threads ?? undefined;
  const engine = await openNodeEngine(engineName, { readConstant, threads, loadTensorflow });
  const settings = readTrainingSettings(
    null,
    {},
    {
      ranks: String(request.rank),
      targets: 'query,value',
      headWidth: request.headWidth,
      batch,
      maxTokens: tokens,
      pooling,
      dropout: 'model',
      loraDropout: dropout,
      headDropout: dropout,
    },
  );
  const training = await startMadeUpTraining(engine, backbone, settings, MOST_STEPS);
  const { device, versions } = engine.description;
  const about = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const loadSeconds = (performance.now() - startedAt) / 1000;
  return { training, answer: { about: [...about, device].join(', '), loadSeconds, importMiB, peakMiB: peakMiB() } };
}

async function timeSteps(training: MadeUpTraining, count: number): Promise<StepTimes> {
  const times: StepTimes = { ms: [], cpuMs: [], peakMiB: 0 };
  for (let step = 0; step < count; step++) {
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    await training.step();
    const { user, system } = process.cpuUsage(cpuBefore);
    times.ms.push(performance.now() - startedAt);
    times.cpuMs.push((user + system) / 1000);
  }
  return { ...times, peakMiB: peakMiB() };
}

/** The most memory this process has held; `maxRSS`, where there is no /proc, counts what the parent held when it forked. */
function peakMiB(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const kiB = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kiB) / 1024;
}
