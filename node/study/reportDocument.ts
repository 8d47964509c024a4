import { parseHTML } from 'linkedom';
import type { ChartDocument } from '../../shared/export/report/chartFigure.ts';

/** A document to draw charts with where there is no browser. */
export function reportDocument(): ChartDocument {
  return parseHTML('<!doctype html><html><body></body></html>').document;
}
