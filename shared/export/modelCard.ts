import type { AdapterModule } from '../lora/adapter.ts';
import { parseModulePath, TARGETS } from '../lora/modulePaths.ts';
import type { Metrics } from '../metrics/evaluationReport.ts';
import { type AdapterFolder, pythonBase } from './adapterFolder.ts';
import { markdownText, yamlString } from './escapeText.ts';

/** What a model card tells beside what the adapter itself shows. Every text may hold any characters. */
export interface TrainingFacts {
  readonly title: string;
  /** What the data are called: a file's name, without its folder. */
  readonly dataName: string;
  /** Further rows of the table of settings: epochs, learning rate, seed, the data's hash, engine, device, hours … */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly results: readonly EvaluatedPart[];
  /** An SPDX name, where the user states one. */
  readonly licence?: string;
}

/** Results on one part of the data. */
export interface EvaluatedPart {
  /** `validation` or `test`. */
  readonly part: string;
  readonly exampleCount: number;
  readonly metrics: Metrics;
  /** The same of the trivial predictor. */
  readonly trivial?: Metrics;
}

/** The metrics a card shows, in the layout of the paper's tables (spec.md §8). */
const CARD_METRICS = [
  { key: 'mse', name: 'MSE', percent: false },
  { key: 'mae', name: 'MAE', percent: false },
  { key: 'rmse', name: 'RMSE', percent: false },
  { key: 'r2', name: 'R²', percent: true },
  { key: 'pearson', name: 'Pearson', percent: false },
  { key: 'accuracy', name: 'Accuracy', percent: true },
  { key: 'precision', name: 'Precision (weighted)', percent: true },
  { key: 'recall', name: 'Recall (weighted)', percent: true },
  { key: 'f1', name: 'F1 (weighted)', percent: true },
  { key: 'macroF1', name: 'F1 (macro)', percent: true },
] as const;

const TRIVIAL_PREDICTOR =
  'The trivial predictor answers every text with the mean score and the commonest class of the training part.';

/** The model card of an adapter: a YAML head as the hub reads it, then use, ranks, training and results as Markdown. */
export function modelCard(adapter: AdapterFolder, training: TrainingFacts): string {
  return `${[
    cardHead(adapter, training),
    `# ${markdownText(training.title)}`,
    introduction(adapter),
    useSection(adapter),
    ranksSection(adapter.modules),
    trainingSection(adapter, training),
    resultsSection(training.results),
  ].join('\n\n')}\n`;
}

function cardHead({ modules, settings }: AdapterFolder, training: TrainingFacts): string {
  const base = pythonBase(settings.base);
  const tags = modules.length > 0 ? ['lora', `base_model:adapter:${base}`, 'darse'] : ['darse'];
  return [
    '---',
    `base_model: ${yamlString(base)}`,
    `library_name: ${modules.length > 0 ? 'peft' : 'transformers'}`,
    'pipeline_tag: text-classification',
    ...(training.licence === undefined ? [] : [`license: ${yamlString(training.licence)}`]),
    'tags:',
    ...tags.map((tag) => `- ${yamlString(tag)}`),
    'metrics:',
    ...CARD_METRICS.map(({ key }) => `- ${key}`),
    ...modelIndex(training),
    '---',
  ].join('\n');
}

function modelIndex({ title, dataName, results }: TrainingFacts): string[] {
  if (results.length === 0) return [];
  const lines = ['model-index:', `- name: ${yamlString(title)}`, '  results:'];
  for (const { part, metrics } of results) {
    lines.push(
      '  - task:',
      '      type: text-classification',
      '    dataset:',
      `      name: ${yamlString(`${dataName} (${part})`)}`,
      `      type: ${yamlString(dataName)}`,
      `      split: ${yamlString(part)}`,
      '    metrics:',
    );
    for (const { key, name } of CARD_METRICS) {
      const value = metrics[key];
      if (value !== null) {
        lines.push(`    - type: ${key}`, `      name: ${yamlString(name)}`, `      value: ${yamlNumber(value)}`);
      }
    }
  }
  return lines;
}

function introduction({ modules, settings }: AdapterFolder): string {
  const base = markdownText(pythonBase(settings.base));
  const classes = settings.classNames.map((name, label) => `${label} ${markdownText(name)}`).join(', ');
  const what =
    modules.length > 0
      ? `A LoRA adapter of ${base} with two heads, trained with DARSE.`
      : `Two heads on the unchanged backbone ${base}, trained with DARSE. No layer is adapted (every rank is 0), so this folder holds no PEFT files.`;
  const bound =
    settings.regression.kind === 'bounded'
      ? 'between -1 and 1'
      : 'trained on -1 to 1, though its output is not bounded';
  return `${what} It gives a text a sentiment score (${bound}) and one of ${settings.classNames.length} classes: ${classes}.`;
}

function useSection({ modules, settings }: AdapterFolder): string {
  const lines = [
    '## Use',
    '',
    'With `load_darse.py` from this folder:',
    '',
    '```python',
    'from load_darse import load',
    '',
    'model = load()',
    'print(model.predict(["The euro rallied against the dollar."]))',
    '```',
  ];
  if (modules.length > 0) {
    lines.push(
      '',
      'The adapter alone, whose last hidden state the heads in `darse_heads.safetensors` read:',
      '',
      '```python',
      'from peft import PeftModel',
      'from transformers import AutoModel',
      '',
      `backbone = AutoModel.from_pretrained(${yamlString(pythonBase(settings.base))})`,
      'model = PeftModel.from_pretrained(backbone, "path/of/this/folder")',
      '```',
    );
  }
  return lines.join('\n');
}

function ranksSection(modules: readonly AdapterModule[]): string {
  const places = modules.flatMap((module) => {
    const place = parseModulePath(module.path);
    return place === undefined ? [] : [{ ...place, module }];
  });
  const targets = TARGETS.filter((target) => places.some((place) => place.target === target));
  const layers = [...new Set(places.map((place) => place.layer))].sort((a, b) => a - b);
  const rankAt = (layer: number, target: string) =>
    places.find((place) => place.layer === layer && place.target === target)?.module.rank ?? 0;
  const parameters = modules.reduce((sum, module) => sum + module.A.length + module.B.length, 0);
  const lines = ['## Ranks', '', `${parameters} adapter parameters. Layers that are not listed are unchanged.`];
  if (modules.length > 0) {
    lines.push('', tableRow(['layer', ...targets]), tableRow(['---', ...targets.map(() => '---:')]));
    for (const layer of layers) {
      lines.push(tableRow([String(layer), ...targets.map((target) => String(rankAt(layer, target)))]));
    }
  }
  return lines.join('\n');
}

function trainingSection({ settings }: AdapterFolder, training: TrainingFacts): string {
  const rows: (readonly [string, string])[] = [
    ['data', training.dataName],
    ['pooling', settings.pooling],
    ['longest text, in tokens', String(settings.maxTokens)],
    ...training.settings,
  ];
  return [
    '## Training',
    '',
    tableRow(['setting', 'value']),
    tableRow(['---', '---']),
    ...rows.map((row) => tableRow(row.map(markdownText))),
  ].join('\n');
}

function resultsSection(results: readonly EvaluatedPart[]): string {
  if (results.length === 0) return '## Results\n\nNot evaluated.';
  const columns = results.flatMap(({ part, exampleCount, metrics, trivial }) => [
    { heading: `${markdownText(part)} (${exampleCount} texts)`, metrics },
    ...(trivial === undefined ? [] : [{ heading: `${markdownText(part)}, trivial predictor`, metrics: trivial }]),
  ]);
  return [
    '## Results',
    '',
    tableRow(['metric', ...columns.map(({ heading }) => heading)]),
    tableRow(['---', ...columns.map(() => '---:')]),
    ...CARD_METRICS.map(({ key, name, percent }) =>
      tableRow([name, ...columns.map(({ metrics }) => shownNumber(metrics[key], percent))]),
    ),
    ...(results.some(({ trivial }) => trivial !== undefined) ? ['', TRIVIAL_PREDICTOR] : []),
  ].join('\n');
}

function shownNumber(value: number | null, percent: boolean): string {
  if (value === null) return 'undefined';
  return percent ? `${(value * 100).toFixed(2)} %` : value.toFixed(6);
}

/** A number that YAML 1.1 also reads as one: `1e-7` would be a string there. */
function yamlNumber(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
