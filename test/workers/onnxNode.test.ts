import { afterEach, expect, it } from 'vitest';
import { DarseError } from '../../shared/study/darseError.ts';
import { openOnnxEngine } from '../../workers/onnxNode.ts';

const ARCHITECTURE = process.arch;
afterEach(() => Object.defineProperty(process, 'arch', { value: ARCHITECTURE }));

it('says that the library does not load on a processor it is not built for', async () => {
  Object.defineProperty(process, 'arch', { value: 's390x' });
  const refused = openOnnxEngine({ readConstant: async () => new Float32Array() });
  await expect(refused).rejects.toThrow(DarseError);
  await expect(refused).rejects.toMatchObject({ code: 'engine', message: expect.stringMatching(/"onnx".*s390x/) });
});
