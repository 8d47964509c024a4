import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSettings, hubSettings } from '../../../node/hub/hubSettings.ts';
import { listModels } from '../../../node/hub/listModels.ts';
import { removeModel } from '../../../node/hub/removeModel.ts';
import { resolveModel } from '../../../node/hub/resolveModel.ts';
import { tinyModelFiles } from '../../support/hubModel.ts';
import { type HubStub, startHubStub } from '../../support/hubStub.ts';

const MODEL = 'org/tiny-roberta';
const OLD_COMMIT = 'a'.repeat(40);
const NEW_COMMIT = 'b'.repeat(40);

describe('removeModel', () => {
  let hub: HubStub;
  let settings: HubSettings;
  const files = tinyModelFiles();

  beforeEach(async () => {
    hub = await startHubStub(MODEL, files);
    settings = hubSettings({
      HF_HUB_CACHE: mkdtempSync(join(tmpdir(), 'darse-hub-')),
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN_PATH: '/nowhere',
    });
    // Two commits that differ in the configuration only.
    hub.commit = OLD_COMMIT;
    await resolveModel(`${MODEL}@${OLD_COMMIT}`, { settings });
    hub.commit = NEW_COMMIT;
    hub.files.set('config.json', Buffer.concat([files.get('config.json')!, Buffer.from('\n')]));
    await resolveModel(MODEL, { settings });
  });
  afterEach(async () => {
    await hub.close();
    rmSync(settings.cacheFolder, { recursive: true, force: true });
  });

  const revisions = async () => (await listModels(settings)).flatMap((model) => model.revision ?? []);

  it('takes one commit and only what no other commit uses', async () => {
    expect(await revisions()).toEqual([OLD_COMMIT, NEW_COMMIT]);
    expect(await removeModel(`${MODEL}@${OLD_COMMIT}`, settings)).toBe(files.get('config.json')!.length);
    expect(await revisions()).toEqual([NEW_COMMIT]);
    await removeModel(`${MODEL}@main`, settings);
    expect(readdirSync(settings.cacheFolder)).toEqual([]);
  });

  it('takes the whole model', async () => {
    const freed = await removeModel(MODEL, settings);
    expect(freed).toBeGreaterThan(files.get('model.safetensors')!.length);
    expect(await revisions()).toEqual([]);
    expect(existsSync(join(settings.cacheFolder, 'models--org--tiny-roberta'))).toBe(false);
  });

  it.each(['minilm-l6', 'org/other', `${MODEL}@v9`, '../..', ''])('refuses %s and removes nothing', async (name) => {
    await expect(removeModel(name, settings)).rejects.toMatchObject({ code: 'usage' });
    expect(await revisions()).toEqual([OLD_COMMIT, NEW_COMMIT]);
  });
});
