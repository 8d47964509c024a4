import { strategyContract } from '../../contracts/strategyContract.ts';
import { coarseStrategy } from '../../../shared/search/strategies/coarse.ts';
import { darseStrategy } from '../../../shared/search/strategies/darse.ts';
import { fineStrategy } from '../../../shared/search/strategies/fine.ts';
import { gridStrategy } from '../../../shared/search/strategies/grid.ts';
import { motivationStrategy } from '../../../shared/search/strategies/motivation.ts';
import { randomStrategy } from '../../../shared/search/strategies/random.ts';
import { uniformSweepStrategy } from '../../../shared/search/strategies/uniformSweep.ts';

strategyContract('coarse', () => coarseStrategy());
strategyContract('coarse, literal', () => coarseStrategy({ literal: true }));
strategyContract('coarse with transfer and restarts', () => coarseStrategy({ transfer: true, restarts: 3 }));
strategyContract('fine', () => fineStrategy());
strategyContract('fine, literal, by a given step', () => fineStrategy({ literal: true, deltaR: 4, fineStep: 2 }));
strategyContract('darse', () => darseStrategy());
strategyContract('darse with transfer and restarts', () => darseStrategy({ transfer: true, restarts: 2 }));
strategyContract('darse by unusable importance', () =>
  darseStrategy({ importance: ({ groups }) => groups.map(() => Number.NaN) }),
);
strategyContract('random', () => randomStrategy());
strategyContract('grid', () => gridStrategy());
strategyContract('uniform-sweep', () => uniformSweepStrategy());
strategyContract('motivation', () => motivationStrategy());
