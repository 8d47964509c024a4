import { expect, it } from 'vitest';
import { modulePath } from '../../shared/lora/modulePaths.ts';
import { ranksInWords } from '../../shared/lora/ranksInWords.ts';

it('shows ranks per kind of matrix, bottom to top, and where there is none', () => {
  const ranks = new Map([
    [modulePath(0, 'value'), 12],
    [modulePath(2, 'query'), 0],
    [modulePath(0, 'query'), 6],
    [modulePath(1, 'value'), 8],
  ]);
  expect(ranksInWords(ranks)).toBe('query 6,-,0; value 12,8,-');
  expect(ranksInWords(new Map())).toBe('');
});
