import { DarseError } from '../../../study/darseError.ts';

/** The lower triangle L of A = L·Lᵀ, in place of `matrix` [N, N] (row-major, symmetric, positive definite). Throws `internal` where it is not. */
export function choleskyInPlace(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) value -= matrix[row * size + k]! * matrix[column * size + k]!;
      if (column < row) {
        matrix[row * size + column] = value / matrix[column * size + column]!;
      } else {
        if (!(value > 0)) throw new DarseError('internal', `a covariance is not positive definite (pivot ${value})`);
        matrix[row * size + row] = Math.sqrt(value);
      }
    }
  }
}

/** L⁻¹·b, in place of `vector` [N]. */
export function solveLowerInPlace(lower: Float64Array, size: number, vector: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let value = vector[row]!;
    for (let k = 0; k < row; k++) value -= lower[row * size + k]! * vector[k]!;
    vector[row] = value / lower[row * size + row]!;
  }
}

/** L⁻ᵀ·b, in place of `vector` [N]. */
export function solveUpperInPlace(lower: Float64Array, size: number, vector: Float64Array): void {
  for (let row = size - 1; row >= 0; row--) {
    let value = vector[row]!;
    for (let k = row + 1; k < size; k++) value -= lower[k * size + row]! * vector[k]!;
    vector[row] = value / lower[row * size + row]!;
  }
}
