import { rateRuleInWords } from '../../../search/learningRate/rateRule.ts';
import { reproductionSettings } from '../../../search/presets/reproductionSettings.ts';
import { STUDY_FIELDS } from '../../../search/studyFields.ts';
import type { StudyHeader, StudyJournal } from '../../../search/studyJournal.ts';
import type { Fields } from '../../../study/fields.ts';
import { countText } from '../numberText.ts';
import { reproduceCommand } from '../reproduceCommand.ts';
import type { ReportBlock, ReportSection } from '../reportSection.ts';
import type { StudyReport } from '../studyReport.ts';
import { columns } from '../table.ts';

/** What the study was made from, with, and by which command. */
export function originSection({ journal }: StudyReport): ReportSection {
  const { problems } = journal;
  const header = { ...journal.header, settings: withoutFolders(journal.header.settings) };
  const { settings } = header;
  const blocks: ReportBlock[] = [
    {
      kind: 'text',
      title: 'The command that does it again',
      text: commandNote(settings),
      code: commandOf(header),
    },
    {
      kind: 'table',
      title: 'Data, backbone and machine',
      text: 'Trainings of one hash of the data, split and backbone on a deterministic engine of the same versions give the same bytes.',
      table: { columns: columns(['what', 'which']), rows: environment(journal).map((cells) => ({ cells })) },
    },
    {
      kind: 'table',
      title: 'Settings',
      text: 'Those that are not the default.',
      table: { columns: columns(['setting', 'value', 'default']), rows: settingRows(settings, true) },
    },
    {
      kind: 'table',
      title: 'Settings left at their defaults',
      text: 'What each means: npx darse search --help',
      table: { columns: columns(['setting', 'value']), rows: settingRows(settings, false) },
      isWide: true,
      isFolded: true,
    },
  ];
  if (problems.length > 0) {
    blocks.push({
      kind: 'table',
      title: 'Damage of the journal',
      text: 'These records could not be read; everything else is in this report.',
      table: { columns: columns(['what was skipped']), rows: problems.map((problem) => ({ cells: [problem] })) },
      isWide: true,
    });
  }
  return { title: 'How it was made', lead: 'All that another person needs to check it.', blocks };
}

/** Settings that name files, by their names alone: where they lie on a machine is nobody else's business. */
function withoutFolders(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isPath = (value: unknown) => typeof value === 'string' && /^(\/|[a-z]:\\|\\\\)/i.test(value);
  const nameOf = (value: unknown) =>
    isPath(value)
      ? String(value)
          .split(/[\\/]/)
          .findLast((part) => part !== '')
      : value;
  const { data, split, model } = settings;
  return { ...settings, data: nameOf(data), split: nameOf(split), model: nameOf(model) };
}

function commandOf({ settings, reproduces }: StudyHeader): string {
  const out = 'again';
  if (!reproduces) return reproduceCommand(STUDY_FIELDS, settings, { command: 'npx darse search', out });
  const command = `npx darse reproduce ${reproduces.preset} --scale ${reproduces.scale}`;
  // A smoke run makes up its own.
  const { data: _data, model: _model, ...others } = settings;
  const given = reproduces.scale === 'smoke' ? others : settings;
  return reproduceCommand(STUDY_FIELDS, given, { command, out, defaults: reproductionSettings(reproduces) });
}

function commandNote(settings: Readonly<Record<string, unknown>>): string {
  const plain = 'Only settings that are not the default are named; files go by their names, to be put where yours lie.';
  return settings['time'] == null
    ? plain
    : `${plain} How many trainings fit into --time depends on the machine; --trials in its place does not.`;
}

function environment({ header, trials, rates, rateRule, confirmation, testLooks }: StudyJournal): [string, string][] {
  const { ground, rows, modelName } = header;
  const trainings = [...rates, ...trials, ...(confirmation?.trials ?? [])];
  const engines = trainings.flatMap((training) => (training.status === 'finished' ? [training.facts.engine] : []));
  const described = engines.map(
    ({ name, device, precision, versions, deterministic }) =>
      `${name} (${precision}${deterministic ? ', deterministic' : ''}) on ${device}; ${Object.entries(versions)
        .map((entry) => entry.join(' '))
        .join(', ')}`,
  );
  const { revision, sha256 } = ground.model;
  return [
    [
      'data',
      `${header.dataName}: ${countText(rows.train)} training, ${countText(rows.validation)} validation, ${countText(rows.test)} test rows`,
    ],
    ['hash of the data', ground.dataHash],
    ['hash of the split', ground.splitHash],
    ['looks at test rows', countText(testLooks)],
    ['backbone', modelName],
    ['version of the backbone', revision ?? sha256 ?? 'unknown'],
    ...[...new Set(described)].map((engine): [string, string] => ['engine', engine]),
    ['DARSE', header.darse],
    ['learning rate', rateRule ? rateRuleInWords(rateRule.rule) : 'the same for every vector'],
  ];
}

/** The settings that are not the default, or those that are. */
function settingRows(settings: Readonly<Record<string, unknown>>, areChosen: boolean) {
  const table: Fields = STUDY_FIELDS;
  return Object.entries(table).flatMap(([name, field]) => {
    const value = settings[name] ?? field.default;
    if ((value !== field.default) !== areChosen) return [];
    return { cells: [field.flag, shown(value), ...(areChosen ? [shown(field.default)] : [])] };
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
