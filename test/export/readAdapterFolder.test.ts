import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { readAdapterFolder } from '../../shared/export/readAdapterFolder.ts';
import type { AlphaRule } from '../../shared/lora/loraScale.ts';
import { nastyFacts, randomAdapter } from '../support/adapterFolders.ts';
import { memorySource } from '../support/memorySource.ts';

const shape = { layerCount: 12, hiddenSize: 8, intermediateSize: 16 };
const base = { nameOrPath: 'bert-base-uncased', modelType: 'bert' } as const;
const mixed = randomAdapter({ shape, base, rankOf: (i) => i % 4 });

/** The folder's files as sources, after changes to them; `undefined` deletes a file. */
function sourcesOf(files: ReadonlyMap<string, Uint8Array>, changes: Record<string, string | undefined> = {}) {
  const changed = new Map(files);
  for (const [file, text] of Object.entries(changes)) {
    if (text === undefined) changed.delete(file);
    else changed.set(file, new TextEncoder().encode(text));
  }
  return new Map([...changed].map(([file, bytes]) => [file, memorySource(file, bytes)]));
}

/** A JSON file of the folder with some entries replaced. */
function editedJson(files: ReadonlyMap<string, Uint8Array>, file: string, changes: Record<string, unknown>): string {
  const json = v.parse(v.record(v.string(), v.unknown()), JSON.parse(new TextDecoder().decode(files.get(file))));
  return JSON.stringify({ ...json, ...changes });
}

describe('reads back exactly what was written', () => {
  const rules: AlphaRule[] = [{ kind: 'rank' }, { kind: 'fixed', alpha: 16 }, { kind: 'rsLora', alpha: 0.1 }];
  test.each(rules)('with alpha by $kind', async (rule) => {
    const adapter = randomAdapter({ shape, base: { ...base, revision: 'abc' }, rankOf: (i) => (i * 5) % 7, rule });
    expect(await readAdapterFolder(sourcesOf(peftFolder(adapter, nastyFacts())), 'adapter')).toEqual(adapter);
  });

  test('with heads only', async () => {
    const headsOnly = { ...randomAdapter({ shape, base, rankOf: () => 0 }), loraDropout: 0 };
    expect(await readAdapterFolder(sourcesOf(peftFolder(headsOnly, nastyFacts())), 'adapter')).toEqual(headsOnly);
  });

  test('with the bounded head and mean pooling', async () => {
    const settings = { pooling: 'mean', regression: { kind: 'bounded', inputSize: 8, width: 3 } } as const;
    const adapter = randomAdapter({ shape, base, rankOf: () => 1, settings });
    expect(await readAdapterFolder(sourcesOf(peftFolder(adapter, nastyFacts())), 'adapter')).toEqual(adapter);
  });
});

const written = peftFolder(mixed, nastyFacts());

test('names every missing file at once', async () => {
  const sources = sourcesOf(written, { 'darse_heads.safetensors': undefined, 'adapter_config.json': undefined });
  await expect(readAdapterFolder(sources, 'the folder')).rejects.toThrow(
    'the folder is no adapter folder that DARSE can use:\n  - darse_heads.safetensors is missing\n  - adapter_config.json is missing',
  );
});

test('does not take an adapter whose PEFT files got lost for heads only', async () => {
  const sources = sourcesOf(written, { 'adapter_config.json': undefined, 'adapter_model.safetensors': undefined });
  await expect(readAdapterFolder(sources, 'adapter')).rejects.toThrow('adapter_model.safetensors is missing');
});

test.each([
  ['use_dora', true],
  ['init_lora_weights', 'pissa'],
  ['bias', 'all'],
  ['peft_type', 'ADALORA'],
  ['modules_to_save', ['classifier']],
  ['fan_in_fan_out', true],
  ['layer_replication', [[0, 4]]],
])('refuses a config whose %s is %o: it is no plain LoRA', async (key, value) => {
  const sources = sourcesOf(written, {
    'adapter_config.json': editedJson(written, 'adapter_config.json', { [key]: value }),
  });
  await expect(readAdapterFolder(sources, 'adapter')).rejects.toThrow(`adapter_config.json: ${key}: `);
});

test('refuses a rank, a pattern or a target that the factors do not have', async () => {
  const sources = sourcesOf(written, {
    'adapter_config.json': editedJson(written, 'adapter_config.json', {
      rank_pattern: { 'encoder\\.layer\\.0\\.attention\\.self\\.key': 9 },
      alpha_pattern: { '.*\\.query': 2 },
      target_modules: ['encoder.layer.0.attention.self.query'],
    }),
  });
  await expect(readAdapterFolder(sources, 'adapter')).rejects.toThrow(
    new RegExp(
      [
        'alpha_pattern must name adapted modules by their full paths, got ".*query"',
        'encoder.layer.0.attention.self.key has rank 9 by adapter_config.json and 1 by its factors',
      ].join('[^]*'),
    ),
  );
});

test('refuses settings it does not know, naming the entry', async () => {
  const sources = sourcesOf(written, {
    'darse_heads.json': editedJson(written, 'darse_heads.json', { pooling: 'max', version: 2, surprise: 1 }),
  });
  await expect(readAdapterFolder(sources, 'adapter')).rejects.toThrow(
    /darse_heads.json: version: [^]*darse_heads.json: pooling: [^]*darse_heads.json: surprise: /,
  );
});

test('refuses heads of other shapes than their settings', async () => {
  const sources = sourcesOf(written, {
    'darse_heads.json': editedJson(written, 'darse_heads.json', {
      regression: { kind: 'paper', inputSize: 8, width: 5 },
      classNames: ['bad', 'good'],
    }),
  });
  await expect(readAdapterFolder(sources, 'adapter')).rejects.toThrow(
    /classNames must name 5 classes, got 2[^]*regression.0.weight must be \[5, 8\], got \[7, 8\]/,
  );
});

test('says which file is broken', async () => {
  const sources = sourcesOf(written, { 'darse_heads.json': '{', 'darse_heads.safetensors': 'nothing' });
  await expect(readAdapterFolder(sources, 'adapter')).rejects.toThrow(
    /darse_heads.json is no JSON: [^]*darse_heads.safetensors/,
  );
});
