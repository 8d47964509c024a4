/**
 * Σ σ_j² of a frozen weight's singular values (spec.md eq. 10), which is the sum of its squared entries. It looks at the
 * base alone, not at the task (importance mode `paper`).
 */
export function paperImportance(weight: Float32Array): number {
  return weight.reduce((sum, entry) => sum + entry * entry, 0);
}
