import { scoreText } from '../../shared/export/report/numberText.ts';
import type { Stage } from '../session/sessionState.ts';

/** Where a stage is, in one sentence. */
export function statusText(stage: Stage): string {
  switch (stage.kind) {
    case 'welcome':
    case 'data':
      return '';
    case 'opening':
      return 'Loading what the training needs.';
    case 'training': {
      const { progress, left, asked } = stage;
      if (asked === 'paused') return `Paused after step ${progress.step} of ${progress.totalSteps}; saved.`;
      if (asked === 'pause') return 'Pausing after this step.';
      if (asked === 'stop' || asked === 'cancel') return 'Stopping after this step.';
      if (progress.state === 'starting') return 'Preparing the first step.';
      if (progress.state === 'evaluating')
        return `Judging texts not trained on, ${progress.percent} % of the steps done.`;
      return `Step ${progress.step} of ${progress.totalSteps}, ${progress.percent} %, ${left}.`;
    }
    case 'stopped':
      return `Stopped after step ${stage.progress.step} of ${stage.progress.totalSteps}; what was trained is kept.`;
    case 'finished':
      return `Done: validation error ${scoreText(stage.result.score)}.`;
    case 'failed':
      return `Failed: ${stage.message}`;
    default:
      throw new RangeError(`unknown stage ${JSON.stringify(stage satisfies never)}`);
  }
}
