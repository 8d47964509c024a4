import { CLASS_NAMES } from '../../shared/data/example.ts';
import { counted, countText } from '../../shared/export/report/numberText.ts';
import type { InspectedData } from '../../workers/page/trainingMessages.ts';
import { CountBars } from './CountBars.tsx';

/** What is in a data file: class balance and lengths, or all its problems in words; null while it is read. */
export function InspectedFile({ checked }: { readonly checked: InspectedData | string | null }) {
  if (checked === null) return <p>Reading all rows.</p>;
  if (typeof checked === 'string') return <p className="message warning">{checked}</p>;
  const { balance, lengths } = checked;
  return (
    <>
      <p>
        {counted(balance.total, 'text')}, no problems. Half have at most {lengths.median} tokens, the longest{' '}
        {lengths.max}; {countText(lengths.cut)} are longer than {lengths.maxTokens} and lose their end.
      </p>
      <div className="grid">
        <CountBars
          caption="Class balance"
          rows={CLASS_NAMES.map((name, label) => ({ name, count: balance.counts[label] ?? 0 }))}
          total={balance.total}
        />
        <CountBars
          caption="Tokens per text"
          rows={lengths.bins
            .slice(lengths.bins.findIndex(({ count }) => count > 0))
            .map(({ from, to, count }) => ({ name: from === to ? `${from}` : `${from}–${to}`, count }))}
          total={lengths.total}
        />
      </div>
    </>
  );
}
