import type { OpenRequest } from '../../workers/page/trainingMessages.ts';

/** The address of a file that came with the page. */
function siteUrl(path: string): string {
  return new URL(path, document.baseURI).href;
}

export const BUNDLED_MODEL = { name: 'minilm-l6', url: siteUrl('minilm-l6/') } as const;

/** The bundled headlines on the bundled backbone: few rows, and ranks in the upper layers alone, for a result soon without a GPU. */
export const DEMO: OpenRequest = {
  darse: import.meta.env['DARSE_VERSION'],
  model: BUNDLED_MODEL,
  data: { name: 'sentfin.csv', url: siteUrl('sentfin/sentfin.csv') },
  settings: {
    ranks: '0,0,0,8,8,8',
    trainRows: 480,
    parts: '0.96,0.02,0.02',
    epochs: 2,
    batch: 8,
    lr: 4e-3,
    maxTokens: 48,
  },
};
