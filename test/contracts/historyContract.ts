import type { OpenHistory } from '../../shared/history/openHistory.ts';
import type { HistoryRecord } from '../../shared/history/record.ts';

/** A place for one history, empty at first. */
export interface HistoryPlace {
  open(): Promise<OpenHistory>;
  /** Changes a letter of the record of that number (from 1) where it is kept. */
  damage(number: number): Promise<void>;
}

/** What every store of histories promises; run in Node and, with the page's store, in a browser. Each case throws what is wrong. */
export interface ContractCase<Place> {
  readonly title: string;
  readonly run: (place: Place) => Promise<void>;
}

const RECORDS: readonly HistoryRecord[] = [
  { kind: 'trialStarted', key: 'ключ 🔑 "quoted" \n new line' },
  { kind: 'step', step: 1, losses: { total: 0.1 + 0.2, regression: 1e-300 }, tokens: 2 ** 53 },
  { kind: 'epoch', validation: { r2: null, mse: 0 }, list: [[], {}, ''] },
];

export const HISTORY_CONTRACT: readonly ContractCase<HistoryPlace>[] = [
  {
    title: 'a new history has no records and no problems',
    async run(place) {
      await expectHistory(place, [], 0);
    },
  },
  {
    title: 'gives back what was appended, in order and unchanged, also where nobody closed it',
    async run(place) {
      const history = await place.open();
      for (const record of RECORDS) await history.append(record);
      await expectHistory(place, RECORDS, 0);
      await history.close();
      await expectHistory(place, RECORDS, 0);
    },
  },
  {
    title: 'goes on behind what is there',
    async run(place) {
      for (const record of RECORDS) {
        const history = await place.open();
        await history.append(record);
        await history.close();
      }
      await expectHistory(place, RECORDS, 0);
    },
  },
  {
    title: 'keeps the order of records appended at once',
    async run(place) {
      const history = await place.open();
      const steps = Array.from({ length: 50 }, (_, i): HistoryRecord => ({ kind: i % 7 === 0 ? 'epoch' : 'step', i }));
      await Promise.all(steps.map((record) => history.append(record)));
      await history.close();
      await expectHistory(place, steps, 0);
    },
  },
  {
    title: 'skips a damaged record, tells of it, keeps all others and goes on',
    async run(place) {
      const history = await place.open();
      for (const record of RECORDS) await history.append(record);
      await history.close();
      await place.damage(2);
      const [first, , third] = RECORDS;
      if (!first || !third) throw new Error('the contract has too few records');
      const reopened = await place.open();
      const { problems } = reopened;
      await reopened.close();
      if (!problems[0]?.includes('2')) throw new Error(`the problem does not name record 2: ${problems.join()}`);
      await expectHistory(place, [first, third], 1);
      const again = await place.open();
      await again.append(first);
      await again.close();
      await expectHistory(place, [first, third, first], 1);
    },
  },
];

async function expectHistory(place: HistoryPlace, records: readonly HistoryRecord[], problemCount: number) {
  const history = await place.open();
  const found = history.records.map(({ v: _version, ...record }) => record);
  await history.close();
  const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(records)];
  if (is !== shouldBe) throw new Error(`the history is ${is}, it should be ${shouldBe}`);
  if (history.problems.length !== problemCount) {
    throw new Error(`the history has ${history.problems.length} problems, it should have ${problemCount}`);
  }
}
