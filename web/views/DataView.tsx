import { useEffect, useMemo, useState } from 'react';
import { guessColumns } from '../../shared/data/guessColumns.ts';
import type { TablePreview } from '../../shared/data/previewTable.ts';
import { columns } from '../../shared/export/report/table.ts';
import type { InspectedData, OpenRequest } from '../../workers/page/trainingMessages.ts';
import { DataTable } from '../charts/DataTable.tsx';
import { BUNDLED_MODEL } from '../session/demoTraining.ts';
import type { TrainingSession } from '../session/trainingSession.ts';
import { urlSettings } from '../session/urlSettings.ts';
import { Choice, Field } from './FormFields.tsx';
import { InspectedFile } from './InspectedFile.tsx';
import { pageWords } from './pageWords.ts';

interface Props {
  readonly file: File;
  readonly session: TrainingSession;
}

/** The user's own file: its first rows, which columns to take, and every problem, before anything is trained. */
export function DataView({ file, session }: Props) {
  const [preview, setPreview] = useState<TablePreview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    session.preview({ name: file.name, blob: file }).then(setPreview, (error: unknown) => setProblem(wordsOf(error)));
  }, [file, session]);
  return (
    <>
      <section className="card">
        <h1>{file.name}</h1>
        {problem && (
          <p className="message" role="alert">
            {problem}
          </p>
        )}
        {!preview && !problem && <p>Reading its first rows.</p>}
        {preview && (
          <DataTable
            table={{
              columns: columns(['row', ...preview.columns]),
              rows: preview.rows.map((cells, i) => ({ cells: [String(i + 1), ...cells] })),
            }}
            caption={`The first rows of ${file.name}`}
          />
        )}
        <p className="buttons">
          <button type="button" onClick={session.leave}>
            Take another file
          </button>
        </p>
      </section>
      {preview && <Columns file={file} preview={preview} session={session} />}
    </>
  );
}

function Columns({ file, preview, session }: Props & { readonly preview: TablePreview }) {
  const given = useMemo(() => urlSettings(), []);
  const guess = useMemo(() => guessColumns(preview.columns), [preview]);
  const [first = ''] = preview.columns;
  const [text, setText] = useState(guess.text ?? first);
  const [kind, setKind] = useState<'score' | 'classes'>(guess.score === null && guess.classes ? 'classes' : 'score');
  const [score, setScore] = useState(guess.score ?? first);
  const [classes, setClasses] = useState(guess.classes ?? first);
  const [scoreMap, setScoreMap] = useState('negative=-1,neutral=0,positive=1');
  const [ranks, setRanks] = useState(given['ranks'] ?? '8');
  const [epochs, setEpochs] = useState(given['epochs'] ?? '3');
  const [answer, setAnswer] = useState<{ readonly to: OpenRequest; readonly is: InspectedData | string } | null>(null);

  const request = useMemo<OpenRequest>(() => {
    const labels = kind === 'score' ? { scoreColumn: score } : { classColumn: classes, scoreMap };
    return {
      darse: import.meta.env['DARSE_VERSION'],
      model: BUNDLED_MODEL,
      data: { name: file.name, blob: file },
      settings: { ...given, textColumn: text, ...labels, ranks, epochs },
    };
  }, [file, given, text, kind, score, classes, scoreMap, ranks, epochs]);

  useEffect(() => {
    session.inspect(request).then(
      (is) => setAnswer({ to: request, is }),
      (error: unknown) => setAnswer({ to: request, is: wordsOf(error) }),
    );
  }, [request, session]);
  // An answer to earlier choices may still come.
  const checked = answer?.to === request ? answer.is : null;

  const isGood = checked !== null && typeof checked !== 'string';
  return (
    <>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          session.begin(request);
        }}
      >
        <h2>What is in the columns</h2>
        <div className="fields">
          <Choice label="Column of the texts" value={text} options={preview.columns} onChange={setText} />
          <Choice
            label="The labels are"
            value={kind}
            options={['score', 'classes']}
            names={['scores from −1 to 1', 'classes']}
            onChange={(value) => setKind(value === 'score' ? 'score' : 'classes')}
          />
          {kind === 'score' ? (
            <Choice label="Column of the scores" value={score} options={preview.columns} onChange={setScore} />
          ) : (
            <>
              <Choice label="Column of the classes" value={classes} options={preview.columns} onChange={setClasses} />
              <Field label="Scores of the classes" value={scoreMap} onChange={setScoreMap} />
            </>
          )}
          <Field label="LoRA ranks" value={ranks} onChange={setRanks} />
          <Field label="Epochs" value={epochs} onChange={setEpochs} />
        </div>
        <p className="buttons">
          <button type="submit" className="main" disabled={!isGood}>
            Train
          </button>
        </p>
      </form>
      <section className="card" aria-live="polite">
        <h2>What was found</h2>
        <InspectedFile checked={checked} />
      </section>
    </>
  );
}

function wordsOf(error: unknown): string {
  return pageWords(error instanceof Error ? error.message : String(error));
}
