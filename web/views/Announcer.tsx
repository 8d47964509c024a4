import { useEffect, useRef, useState } from 'react';

/** Screen readers hear of changes at most this often. */
const EVERY_MS = 10_000;

/** Tells screen readers the newest text, at most every ten seconds. */
export function Announcer({ text }: { readonly text: string }) {
  const [told, setTold] = useState('');
  const toldAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const tell = () => {
      toldAt.current = performance.now();
      setTold(text);
    };
    const wait = toldAt.current + EVERY_MS - performance.now();
    const timer = setTimeout(tell, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [text]);
  return <output className="unseen">{told}</output>;
}
