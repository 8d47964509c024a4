import { existsSync } from 'node:fs';
import { findTensorflowPackages, packageVersion, privateTensorflowFolder } from './tensorflowPackages.ts';

export interface TensorflowStatus {
  readonly installed: boolean;
  /** What is there, or why there is nothing and what to do. */
  readonly reason: string;
  /** The folder of the package that would be loaded first. */
  readonly modulePath?: string;
}

/** Whether a TensorFlow engine is there; looks at files only and loads nothing. */
export function tensorflowStatus(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TensorflowStatus {
  const [first] = findTensorflowPackages(environment);
  if (first !== undefined) {
    const origin = first.isPrivate ? 'installed by darse' : 'installed in the project';
    const version = packageVersion(first.path) ?? 'of unknown version';
    return { installed: true, reason: `tfjs-node ${version} (${first.variant}), ${origin}`, modulePath: first.path };
  }
  const started =
    existsSync(privateTensorflowFolder('cpu', environment)) || existsSync(privateTensorflowFolder('gpu', environment));
  if (started)
    return {
      installed: false,
      reason: 'its installation is not finished; npx darse engines install tensorflow goes on with it',
    };
  const problem = platformProblem();
  const reason = problem ?? 'not installed; npx darse engines install tensorflow [--gpu] does it';
  return { installed: false, reason };
}

/** Why DARSE cannot install TensorFlow on this machine, or null. */
export function platformProblem(
  platform: string = process.platform,
  architecture: string = process.arch,
): string | null {
  if (platform === 'linux' && architecture === 'x64') return null;
  return `DARSE can install TensorFlow on Linux x64 only, this is ${platform} ${architecture}; use the engine onnx or webgpu, or add @tensorflow/tfjs-node to the project yourself`;
}
