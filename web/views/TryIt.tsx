import { useId, useRef, useState } from 'react';
import { CLASS_NAMES } from '../../shared/data/example.ts';
import type { PredictedText } from '../../shared/export/predictionsCsv.ts';
import { rateText, scoreText } from '../../shared/export/report/numberText.ts';
import type { TrainingSession } from '../session/trainingSession.ts';

/** A sentence typed, its score and class seen as one types. */
export function TryIt({ session }: { readonly session: TrainingSession }) {
  const id = useId();
  const [predicted, setPredicted] = useState<PredictedText | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const newest = useRef('');

  async function judge(text: string): Promise<void> {
    newest.current = text;
    if (text.trim() === '') {
      setPredicted(null);
      return;
    }
    try {
      const found = await session.predict(text);
      // What was typed since is being judged.
      if (newest.current === text) setPredicted(found ?? null);
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <section className="card">
      <h2>Try it</h2>
      <label htmlFor={id}>A sentence to judge</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        placeholder="Shares surge after record quarterly profit"
        onChange={({ target }) => void judge(target.value)}
      />
      <output htmlFor={id} className="judgement">
        {predicted && (
          <>
            <span className="score">{`${predicted.score > 0 ? '+' : ''}${scoreText(predicted.score)}`}</span>
            <span>{CLASS_NAMES[predicted.label]}</span>
          </>
        )}
      </output>
      {predicted && <Probabilities predicted={predicted} />}
      {problem && <p className="warning">{problem}</p>}
      <p className="quiet">Score: −1 bad news … +1 good news.</p>
    </section>
  );
}

function Probabilities({ predicted }: { readonly predicted: PredictedText }) {
  return (
    <table className="bars">
      <caption className="unseen">Probability of each class</caption>
      <tbody>
        {predicted.probabilities.map((probability, label) => (
          <tr key={CLASS_NAMES[label]}>
            <th scope="row">{CLASS_NAMES[label]}</th>
            <td>
              <meter min={0} max={1} value={probability} aria-label={CLASS_NAMES[label]} />
            </td>
            <td>{rateText(probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
