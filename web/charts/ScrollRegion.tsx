import type { ReactNode } from 'react';

interface Props {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A part of the page that scrolls by itself where it is too wide or too high. */
export function ScrollRegion({ label, children }: Props) {
  return (
    // Only what has the focus can be scrolled by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
