import { useId } from 'react';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  /** What the options are called, where not by themselves. */
  readonly names?: readonly string[];
  readonly onChange: (value: string) => void;
}

/** One of some values, from a list. */
export function Choice({ label, value, options, names = options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {options.map((option, i) => (
          <option key={option} value={option}>
            {names[i]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A value typed. */
export function Field({ label, value, onChange }: Pick<ChoiceProps, 'label' | 'value' | 'onChange'>) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <input id={id} type="text" value={value} autoComplete="off" onChange={({ target }) => onChange(target.value)} />
    </div>
  );
}
