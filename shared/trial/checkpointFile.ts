import * as v from 'valibot';
import { readSafetensors } from '../encoder/safetensors.ts';
import { writeSafetensors } from '../encoder/safetensorsWriter.ts';
import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import { createSha256 } from '../study/sha256.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { EpochRecord } from './trialEvent.ts';

const STATE = 'darse.checkpoint';
const CHECKSUM = 'darse.sha256';

const StateSchema = v.strictObject({
  version: v.literal(1),
  /** See `trialKey`. */
  trial: v.string(),
  step: v.number(),
  stepCount: v.number(),
  best: v.nullable(v.strictObject({ epoch: v.number(), validationMse: v.number() })),
  epochs: v.array(v.custom<EpochRecord>((value) => typeof value === 'object' && value !== null)),
  epochLosses: v.strictObject({ regression: v.number(), classes: v.number() }),
  sensitivitySums: v.array(v.number()),
});

/** A checkpoint as one safetensors file: flat tensors, the rest and a SHA-256 over everything in its metadata. */
export function encodeCheckpoint(checkpoint: Checkpoint, trial: string): Uint8Array {
  const { step, parameters, optimizer, adaLora, best, epochs, epochLosses, sensitivitySums } = checkpoint;
  const state: v.InferOutput<typeof StateSchema> = {
    version: 1,
    trial,
    step,
    stepCount: optimizer.stepCount,
    best: best && { epoch: best.epoch, validationMse: best.validationMse },
    epochs: [...epochs],
    epochLosses,
    sensitivitySums: [...sensitivitySums],
  };
  const arrays = {
    parameters,
    m: optimizer.m,
    v: optimizer.v,
    ...(best ? { best: best.parameters } : {}),
    ...(adaLora ? { sensitivity: adaLora.sensitivity, uncertainty: adaLora.uncertainty } : {}),
    ...(adaLora?.mask ? { mask: adaLora.mask } : {}),
  };
  const text = JSON.stringify(state);
  const metadata = new Map([
    [STATE, text],
    [CHECKSUM, checksum(text, new Map(Object.entries(arrays)))],
  ]);
  const tensors = Object.entries(arrays).map(
    ([name, data]) => [name, { shape: [data.length], data: data.slice() }] as const,
  );
  return writeSafetensors(new Map(tensors), metadata);
}

/**
 * Reads what `encodeCheckpoint` wrote. Throws `input` for a file that is torn, damaged, of another version or of another trial than
 * `trial`.
 */
export async function decodeCheckpoint(source: ByteSource, trial: string): Promise<Checkpoint> {
  const refuse = (reason: string) =>
    new DarseError('input', `${source.name} is no checkpoint to go on from: ${reason}`);
  const file = await readSafetensors(source);
  const text = file.metadata.get(STATE);
  if (text === undefined) throw refuse('it holds no training state');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), StateSchema), text);
  if (!parsed.success) throw refuse('its training state is damaged or of another version of DARSE');
  const state = parsed.output;
  if (state.trial !== trial) throw refuse('it belongs to other settings, data or another backbone');
  const arrays = new Map<string, Float32Array>();
  for (const name of file.names()) arrays.set(name, await file.readFloat32(name));
  if (checksum(text, arrays) !== file.metadata.get(CHECKSUM)) throw refuse('its checksum does not fit its content');
  const array = (name: string) => {
    const found = arrays.get(name);
    if (!found) throw refuse(`its tensor "${name}" is missing`);
    return found;
  };
  return {
    step: state.step,
    parameters: array('parameters'),
    optimizer: { m: array('m'), v: array('v'), stepCount: state.stepCount },
    ...(arrays.has('sensitivity')
      ? {
          adaLora: {
            sensitivity: array('sensitivity'),
            uncertainty: array('uncertainty'),
            mask: arrays.get('mask') ?? null,
          },
        }
      : {}),
    best: state.best && { ...state.best, parameters: array('best') },
    epochs: state.epochs,
    epochLosses: state.epochLosses,
    sensitivitySums: state.sensitivitySums,
  };
}

function checksum(text: string, arrays: ReadonlyMap<string, Float32Array>): string {
  const sha = createSha256().update(text);
  for (const [name, data] of [...arrays].sort(([a], [b]) => (a < b ? -1 : 1))) {
    sha.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return sha.digestHex();
}
