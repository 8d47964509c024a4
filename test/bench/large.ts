import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encoderTensors } from '../../shared/encoder/backbone.ts';
import { streamSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { compare } from './compare.ts';
import { randomStore } from './randomStore.ts';
import { startReport } from './report.ts';
import { configJson, encoderConfig, type Work } from './work.ts';

const WORK: Work = { encoder: 'roberta-large', batch: 2, tokens: 64, pooling: 'mean', dropout: 0 };

/** A checkpoint of RoBERTa-Large's shape, float32, 1.4 GB: both sides open it, load it and train. */
export async function benchLarge(options: { readonly threads: number | null; readonly json?: boolean }): Promise<void> {
  const report = startReport(options);
  const folder = mkdtempSync(join(tmpdir(), 'darse-large-'));
  try {
    report.note(`writing a checkpoint to ${folder}`);
    const config = encoderConfig(WORK);
    const store = randomStore(config);
    const tensors = streamSafetensors(encoderTensors(config), new Map([['format', 'pt']]), (name) =>
      store.readFloat32(name),
    );
    await writeFile(join(folder, 'model.safetensors'), tensors);
    writeFileSync(join(folder, 'config.json'), JSON.stringify(configJson(WORK)));
    report.add(await compare(WORK, ['onnx'], report.withPeer, { threads: options.threads, folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report.finish();
}
