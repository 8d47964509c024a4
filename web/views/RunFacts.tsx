import { countText } from '../../shared/export/report/numberText.ts';
import type { TrialProgress } from '../../shared/history/trialProgress.ts';
import type { OpenedTraining } from '../../workers/page/trainingMessages.ts';

interface Props {
  readonly opened: OpenedTraining;
  readonly progress: TrialProgress;
}

/** What is trained on what, where it is computed, and why there. */
export function RunFacts({ opened: { header }, progress }: Props) {
  const { settings, rows, engine, engineReason } = header;
  const facts: readonly (readonly [string, string])[] = [
    ['Computed by', `${engine.name}: ${engine.device} (${engineReason})`],
    ['Backbone', `${header.modelName}, frozen`],
    ['Adapter', `LoRA ranks ${settings.ranks} on ${settings.targets}`],
    [
      'Trained parameters',
      progress.totalSteps === 0
        ? '…'
        : `${countText(progress.loraParameters)} in the adapter, ${countText(progress.headParameters)} in the heads`,
    ],
    [
      'Texts',
      `${countText(rows.train)} to train on, ${countText(rows.validation)} to validate, ${countText(rows.test)} to test at the end`,
    ],
    ['Seed', String(settings.seed)],
    [
      'Versions',
      Object.entries({ DARSE: header.darse, ...engine.versions })
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
  ];
  return (
    <section className="card">
      <h2>About this training</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
