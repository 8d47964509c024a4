import { type AdaptedShape, linearModule, type Target } from '../lora/modulePaths.ts';
import { problemsError } from '../study/darseError.ts';
import { type Budget, budgetParameters } from './parseBudget.ts';
import { type RankGroup, type RankSpace, spaceProblems } from './rankSpace.ts';

export interface RankSpaceOptions {
  /** The number of equal groups of neighbouring layers, or one group per layer. */
  readonly groups: number | 'layers';
  readonly targets: readonly Target[];
  /** Whether each kind of matrix has a rank of its own in every group of layers; otherwise they share one. */
  readonly separateTargets?: boolean;
  readonly allowed: readonly number[];
  /** null: without a limit. */
  readonly budget: Budget | null;
}

/** The rank space of an encoder (spec.md eq. 1, 3). Throws `usage` with everything that is wrong at once. */
export function rankSpaceOf(shape: AdaptedShape, options: RankSpaceOptions): RankSpace {
  const { targets, allowed, budget, separateTargets = false } = options;
  const groupCount = options.groups === 'layers' ? shape.layerCount : options.groups;
  const problems: string[] = [];
  if (targets.length === 0) problems.push('there is no kind of matrix to adapt');
  if (!Number.isInteger(groupCount) || groupCount < 1 || shape.layerCount % groupCount !== 0) {
    problems.push(
      `${shape.layerCount} layers cannot be cut into ${groupCount} equal groups: use ${divisors(shape.layerCount)}`,
    );
  }
  if (problems.length > 0) throw rankSpaceError(problems);
  const kinds = separateTargets ? targets.map((target) => [target]) : [targets];
  const size = shape.layerCount / groupCount;
  const groups = Array.from({ length: groupCount }, (_, i) => i * size).flatMap((first) =>
    kinds.map((kind) => rankGroup(shape, first, first + size, kind, separateTargets)),
  );
  const space = { groups, allowed, budget: budgetParameters(budget, groups) };
  problems.push(...spaceProblems(space));
  const full = Math.min(...targets.map((target) => fullRank(shape, target)));
  const above = allowed.filter((rank) => rank > full);
  if (above.length > 0) {
    problems.push(`allowed ranks must be at most ${full}, the smaller side of a matrix; got ${above.join(', ')}`);
  }
  if (problems.length > 0) throw rankSpaceError(problems);
  return space;
}

/** One `usage` error for all that is wrong with a rank space. */
export function rankSpaceError(problems: readonly string[]) {
  return problemsError('usage', 'the rank space is wrong:', problems);
}

/** The group of some kinds of matrix in the layers [begin, end). */
function rankGroup(
  shape: AdaptedShape,
  begin: number,
  end: number,
  targets: readonly Target[],
  namesTargets: boolean,
): RankGroup {
  const modules = Array.from({ length: end - begin }, (_, i) => begin + i).flatMap((layer) =>
    targets.map((target) => linearModule(layer, target, shape)),
  );
  const layers = end - begin === 1 ? `layer ${end}` : `layers ${begin + 1}–${end}`;
  return {
    name: namesTargets ? `${layers} ${targets.join(', ')}` : layers,
    modules: modules.map(({ path }) => path),
    unitCost: modules.reduce((sum, { inputSize, outputSize }) => sum + inputSize + outputSize, 0),
  };
}

function fullRank(shape: AdaptedShape, target: Target): number {
  const { inputSize, outputSize } = linearModule(0, target, shape);
  return Math.min(inputSize, outputSize);
}

function divisors(count: number): string {
  return Array.from({ length: count }, (_, i) => i + 1)
    .filter((divisor) => count % divisor === 0)
    .join(', ');
}
