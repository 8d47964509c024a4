import { expect, test } from 'vitest';
import { trialsCsv } from '../../shared/export/trialsCsv.ts';

test('gives a failed trial its message, harmless to a spreadsheet, and no numbers', () => {
  const csv = trialsCsv([
    { kind: 'trial', trial: 2, ranks: [8, 0], parameters: 64, status: 'failed', message: '=HYPERLINK("x"), a loss' },
  ]);
  expect(csv.split('\r\n')).toEqual([
    'trial,status,ranks,parameters,score,mae,rmse,r2,pearson,accuracy,precision,recall,f1,epoch,seconds,message',
    `2,failed,8@0,64,,,,,,,,,,,,"'=HYPERLINK(""x""), a loss"`,
    '',
  ]);
});
