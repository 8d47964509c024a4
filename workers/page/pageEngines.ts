import type { Engine, EngineName, ReadConstant } from '../../shared/engines/engine.ts';
import { withTurns } from '../../shared/engines/withTurns.ts';
import { DarseError } from '../../shared/study/darseError.ts';

export interface PageEngineOptions {
  readonly readConstant: ReadConstant;
  /** All cores where null. */
  readonly threads: number | null;
}

/** An engine, and in words why it and no other. */
export interface ChosenEngine {
  readonly engine: Engine;
  readonly reason: string;
}

/** The engines of a page in the order in which `auto` tries them; each is loaded when it is opened. */
const PAGE_ENGINES: readonly {
  readonly name: EngineName;
  readonly open: (options: PageEngineOptions) => Promise<ChosenEngine>;
}[] = [
  {
    name: 'onnx',
    async open({ readConstant, threads }) {
      const cores = navigator.hardwareConcurrency;
      const many = threads ?? cores;
      const used = globalThis.crossOriginIsolated ? many : 1;
      const { openOnnxEngine } = await import('./onnxPage.ts');
      const engine = await openOnnxEngine({ readConstant, threads: used });
      const whyOne = `1 of ${cores} cores, because the host of this page does not isolate it (headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy)`;
      return { engine, reason: used < many ? whyOne : `${used} of ${cores} cores` };
    },
  },
  {
    name: 'wasm',
    async open({ readConstant }) {
      const { openWasmEngine } = await import('./wasmPage.ts');
      return { engine: await openWasmEngine({ readConstant }), reason: 'one core' };
    },
  },
];

/** Opens the named engine, or for `auto` the first that works; an `engine` error says why there is none. */
export async function openPageEngine(name: EngineName | 'auto', options: PageEngineOptions): Promise<ChosenEngine> {
  const refused: string[] = [];
  for (const candidate of PAGE_ENGINES.filter((engine) => name === 'auto' || engine.name === name)) {
    try {
      const { engine, reason } = await candidate.open(options);
      const because = name === 'auto' ? '' : 'asked for; ';
      return {
        engine: withTurns(engine, turn),
        reason: [`${because}${reason}`, ...refused].join('; '),
      };
    } catch (error) {
      if (!(error instanceof DarseError) || error.code !== 'engine' || name !== 'auto') throw error;
      refused.push(error.message);
    }
  }
  const offered = PAGE_ENGINES.map((engine) => engine.name).join(', ');
  throw new DarseError(
    'engine',
    refused.length > 0
      ? `no engine works here:\n${refused.join('\n')}`
      : `engine "${name}" is not offered in the page, only ${offered}`,
  );
}

/** A turn of the thread's event loop, without a timer, which browsers slow down in hidden tabs. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}
