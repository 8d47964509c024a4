import { cpus } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommandContext } from '../../node/commandContext.ts';
import { catchInterrupts } from '../../node/interruption.mjs';
import { beginStudy } from '../../node/study/beginStudy.ts';
import { openStudy } from '../../node/study/openStudy.ts';
import { openTrainer } from '../../node/study/openTrainer.ts';
import { runSearch } from '../../node/study/runSearch.ts';
import { readStudySettings } from '../../node/study/studySettings.ts';
import { forecastAgainstTruth, type PhaseTruth } from '../../shared/search/forecast/forecastAgainstTruth.ts';
import type { StudyForecast } from '../../shared/search/forecast/studyForecast.ts';
import { busyMs } from './takeTurns.ts';

/** A real study beside its forecast, in a process of its own. */
export interface TimedStudy {
  readonly epochs: number;
  readonly forecast: StudyForecast;
  readonly truth: readonly PhaseTruth[];
  readonly peakBytes: number;
  /** Share of the machine that other programs took meanwhile, 0 to 1. */
  readonly othersShare: number;
}

/** Runs the study that flags (by their names in a `--config` file) ask for, and writes what came out as JSON. */
export async function timeStudy(flagsText: string): Promise<void> {
  const flags: Record<string, unknown> = JSON.parse(flagsText);
  const context = createCommandContext(flags, [], { json: false, quiet: true, interruption: catchInterrupts() });
  const folder = mkdtempSync(join(tmpdir(), 'darse-forecast-'));
  try {
    const { settings, checkpointSeconds, pool } = await readStudySettings(context);
    const study = await openStudy({ folder, settings, reproduces: null, checkpointSeconds, begun: null }, context);
    const [startedAt, busyBefore, cpuBefore] = [performance.now(), busyMs(), process.cpuUsage()];
    const beginning = await beginStudy(context, study, pool.parallel);
    const trainer = await openTrainer(beginning.study, context.interruption.asked, pool, beginning.engine);
    const { journal } = await runSearch(context, beginning.study, trainer, beginning);
    const { user, system } = process.cpuUsage(cpuBefore);
    const othersMs = busyMs() - busyBefore - (user + system) / 1000;
    await trainer.close();
    await study.close();
    if (journal.forecast === null) throw new Error('the study has no forecast');
    const timed: TimedStudy = {
      epochs: Number(journal.header.settings['epochs']),
      forecast: journal.forecast,
      truth: forecastAgainstTruth(journal),
      peakBytes: 1024 * process.resourceUsage().maxRSS,
      othersShare: othersMs / ((performance.now() - startedAt) * cpus().length),
    };
    process.stdout.write(`${JSON.stringify(timed)}\n`);
  } finally {
    context.interruption.release();
    rmSync(folder, { recursive: true, force: true });
  }
}
