import { useId, useState } from 'react';

/** Takes a data file of the user's, dropped or chosen. */
export function FileDrop({ onFile }: { readonly onFile: (file: File) => void }) {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onFile(file);
  };
  return (
    <div
      className={isOver ? 'drop is-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <label htmlFor={id}>
        <strong>Use my data</strong>: drop a CSV, TSV, JSONL or Parquet file of labelled texts here, or choose one. It
        is not uploaded.
      </label>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.tab,.jsonl,.ndjson,.parquet"
        onChange={({ target }) => take(target.files)}
      />
    </div>
  );
}
