import { execFileSync } from 'node:child_process';

/** The Python that peers run in. */
export const PYTHON = process.env['DARSE_PYTHON'] ?? 'python3';

/** Why PyTorch + PEFT cannot be asked here, or `undefined`. */
export function whyNoPeer(): string | undefined {
  try {
    execFileSync(PYTHON, ['-c', 'import torch, transformers, peft'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return `${PYTHON} (DARSE_PYTHON) lacks torch, transformers or peft: ${reason}`;
  }
}
