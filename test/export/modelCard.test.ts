import { expect, test } from 'vitest';
import { markdownText, yamlString } from '../../shared/export/escapeText.ts';
import { modelCard } from '../../shared/export/modelCard.ts';
import { nastyFacts, randomAdapter } from '../support/adapterFolders.ts';

const adapter = randomAdapter({
  shape: { layerCount: 2, hiddenSize: 8, intermediateSize: 16 },
  base: { nameOrPath: 'a/"b"\n---\n: c', modelType: 'roberta' },
  rankOf: (i) => [2, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0][i] ?? 0,
});
const card = modelCard(adapter, nastyFacts());
const [, head = '', ...body] = card.split(/^---$/m);

test('user text never ends the YAML head: the card has exactly its two fences', () => {
  expect(card.startsWith('---\n')).toBe(true);
  expect(body).toHaveLength(1);
});

test('the head holds what the hub reads, every user text on one line in quotes', () => {
  expect(head.trim().split('\n').slice(0, 8)).toEqual([
    'base_model: "a/\\"b\\"\\n---\\n: c"',
    'library_name: peft',
    'pipeline_tag: text-classification',
    'license: "apache-2.0"',
    'tags:',
    '- "lora"',
    '- "base_model:adapter:a/\\"b\\"\\n---\\n: c"',
    '- "darse"',
  ]);
  for (const line of head.trim().split('\n')) expect(line).toMatch(/^[ -]*([a-z_0-9-]+:( |$)|["a-zA-Z0-9])/);
});

test('lists the rank of every adapted module by layer, and the parameters', () => {
  // query 2·(8+8), value 4·(8+8), value of layer 1 1·(8+8).
  expect(card).toContain('112 adapter parameters');
  expect(card).toContain(
    ['| layer | query | value |', '| --- | ---: | ---: |', '| 0 | 2 | 4 |', '| 1 | 0 | 1 |'].join('\n'),
  );
});

test('shows results beside the trivial predictor, in the layout of the paper', () => {
  expect(card).toContain('| metric | validation (3 texts) | validation, trivial predictor |');
  expect(card).toContain('| MSE | 0.006667 | 0.006667 |');
  expect(card).toContain('| Accuracy | 66.67 % | 66.67 % |');
});

test('quotes text for YAML so that no character is special, invisible or invalid', () => {
  expect(yamlString('a\u0085\u2028\ufeff\ud800"\\\n\u0007é😀')).toBe(
    '"a\\u0085\\u2028\\ufeff\ufffd\\"\\\\\\n\\u0007é😀"',
  );
});

test('keeps text for Markdown on one line and without markup', () => {
  expect(markdownText(' a\n\n# b | *c* [d](e) <f> `g` my_file\u2028.csv')).toBe(
    'a \\# b \\| \\*c\\* \\[d\\](e) \\<f\\> \\`g\\` my\\_file .csv',
  );
});
