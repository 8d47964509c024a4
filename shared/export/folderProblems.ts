import { loraScale } from '../lora/loraScale.ts';
import type { AdapterFolder } from './adapterFolder.ts';
import { headShapes } from './headShapes.ts';

/** Everything about an adapter that does not fit together or is not finite; what is written and what is read passes it. */
export function folderProblems({ modules, rsLora, settings, heads }: AdapterFolder): string[] {
  const { regression, classification, classNames } = settings;
  const problems: string[] = [];
  if (regression.inputSize !== classification.inputSize) {
    problems.push(
      `both heads must read vectors of one size, got ${regression.inputSize} and ${classification.inputSize}`,
    );
  }
  if (classNames.length !== classification.classCount) {
    problems.push(`classNames must name ${classification.classCount} classes, got ${classNames.length}`);
  }
  const shapes = headShapes(regression, classification);
  for (const [name, shape] of shapes) {
    const tensor = heads.get(name);
    const found = tensor === undefined ? 'nothing' : `[${tensor.shape.join(', ')}]`;
    const wanted = `[${shape.join(', ')}]`;
    if (found !== wanted) problems.push(`head tensor ${name} must be ${wanted}, got ${found}`);
  }
  for (const [name, { data }] of heads) {
    if (!shapes.has(name)) problems.push(`${name} is no tensor of the heads`);
    if (!data.every(Number.isFinite)) problems.push(`head tensor ${name} holds values that are not finite`);
  }
  for (const { path, rank, alpha, scale, A, B } of modules) {
    const wanted = loraScale({ kind: rsLora ? 'rsLora' : 'fixed', alpha }, rank);
    if (scale !== wanted) problems.push(`${path} must have scale ${wanted} by its alpha and rank, got ${scale}`);
    if (![A, B].every((factor) => factor.every(Number.isFinite))) {
      problems.push(`the factors of ${path} hold values that are not finite`);
    }
  }
  return problems;
}
