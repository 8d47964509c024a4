import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { peftFolder } from '../../shared/export/peftFolder.ts';
import { linearModule, modulePath } from '../../shared/lora/modulePaths.ts';
import { nastyFacts, randomAdapter } from '../support/adapterFolders.ts';
import { goldenJson } from '../support/golden.ts';

const shape = { layerCount: 12, hiddenSize: 8, intermediateSize: 16 };
const base = {
  nameOrPath: 'roberta-base',
  revision: 'e2da8e2f811d1448a5b465c236feacd80ffbac7b',
  modelType: 'roberta',
} as const;
/** Query of layers 0, 4 and 8 with ranks 2, 2 and 3; every other module is left alone. */
const mixed = randomAdapter({
  shape,
  base,
  rankOf: (i) => ([2, 0, 0, 0][Math.floor(i / 6) % 4] && i % 6 === 0 ? (i < 36 ? 2 : 3) : 0),
});

function jsonOf(files: ReadonlyMap<string, Uint8Array>, file: string): Record<string, unknown> {
  return v.parse(v.record(v.string(), v.unknown()), JSON.parse(new TextDecoder().decode(files.get(file))));
}

test('writes exactly the files of a PEFT adapter, the heads, their loader and a model card', () => {
  expect([...peftFolder(mixed, nastyFacts()).keys()].sort()).toEqual([
    'README.md',
    'adapter_config.json',
    'adapter_model.safetensors',
    'darse_heads.json',
    'darse_heads.safetensors',
    'load_darse.py',
  ]);
});

describe('adapter_config.json', () => {
  const config = jsonOf(peftFolder(mixed, nastyFacts()), 'adapter_config.json');
  const [first, second, third] = [0, 4, 8].map((layer) => modulePath(layer, 'query'));

  test("holds every setting by PEFT's name, full module paths and escaped patterns", () => {
    expect(config).toEqual({
      alpha_pattern: { 'encoder\\.layer\\.8\\.attention\\.self\\.query': 3 },
      auto_mapping: null,
      base_model_name_or_path: 'roberta-base',
      bias: 'none',
      fan_in_fan_out: false,
      inference_mode: true,
      init_lora_weights: true,
      lora_alpha: 2,
      lora_dropout: 0.1,
      modules_to_save: null,
      peft_type: 'LORA',
      peft_version: '0.18.1',
      r: 2,
      rank_pattern: { 'encoder\\.layer\\.8\\.attention\\.self\\.query': 3 },
      revision: 'e2da8e2f811d1448a5b465c236feacd80ffbac7b',
      target_modules: [first, second, third],
      task_type: 'FEATURE_EXTRACTION',
      use_dora: false,
      use_rslora: false,
    });
    expect(Object.keys(config)).toEqual(Object.keys(config).toSorted());
  });

  test("uses only keys that PEFT itself writes, and says nothing else about what PEFT's default says", () => {
    const golden = goldenJson<Record<string, unknown>>('peft-adapter', 'lora', 'adapter_config.json');
    const chosenPerAdapter = ['alpha_pattern', 'base_model_name_or_path', 'lora_alpha', 'lora_dropout', 'peft_version'];
    chosenPerAdapter.push('r', 'rank_pattern', 'revision', 'target_modules');
    for (const [key, value] of Object.entries(config)) {
      expect(golden).toHaveProperty(key);
      if (!chosenPerAdapter.includes(key)) expect(value, key).toEqual(golden[key]);
    }
  });

  test('its patterns fit one module each, as PEFT matches them', () => {
    const [key = ''] = Object.keys(v.parse(v.record(v.string(), v.number()), config['rank_pattern']));
    const matches = Array.from({ length: 120 }, (_, layer) => modulePath(layer, 'query')).filter((path) =>
      new RegExp(`^(.*\\.)?(${key})$`).test(path),
    );
    expect(matches).toEqual([third]);
  });

  test('keeps a fixed alpha in one place, and marks rsLoRA', () => {
    const fixed = randomAdapter({ shape, base, rankOf: (i) => i % 3, rule: { kind: 'rsLora', alpha: 4.5 } });
    const written = jsonOf(peftFolder(fixed, nastyFacts()), 'adapter_config.json');
    expect(written).toMatchObject({ lora_alpha: 4.5, alpha_pattern: {}, use_rslora: true });
  });
});

test('writes only the heads where no module is adapted, and says so', () => {
  const files = peftFolder(randomAdapter({ shape, base, rankOf: () => 0 }), nastyFacts());
  expect([...files.keys()].sort()).toEqual([
    'README.md',
    'darse_heads.json',
    'darse_heads.safetensors',
    'load_darse.py',
  ]);
  expect(new TextDecoder().decode(files.get('README.md'))).toContain('this folder holds no PEFT files');
  expect(jsonOf(files, 'darse_heads.json')).toMatchObject({ adapted: false });
});

test('refuses an adapter that is not finite or does not fit its settings, with every problem', () => {
  const [module] = mixed.modules;
  if (module === undefined) throw new Error('the adapter has no modules');
  const broken = { ...module, A: module.A.map(() => Number.NaN), scale: 5 };
  const heads = new Map(mixed.heads);
  heads.delete('regression.2.bias');
  expect(() => peftFolder({ ...mixed, modules: [broken], heads }, nastyFacts())).toThrow(
    /head tensor regression.2.bias must be \[1\], got nothing\n.*must have scale 1 by its alpha and rank, got 5\n.*not finite/,
  );
});

test('names every factor as PEFT does', () => {
  const { path } = linearModule(8, 'query', shape);
  const header = new TextDecoder().decode(peftFolder(mixed, nastyFacts()).get('adapter_model.safetensors'));
  expect(header).toContain(`"base_model.model.${path}.lora_A.weight":{"dtype":"F32","shape":[3,8]`);
  expect(header).toContain(`"base_model.model.${path}.lora_B.weight":{"dtype":"F32","shape":[8,3]`);
  expect(header).toContain('"__metadata__":{"format":"pt"}');
});
