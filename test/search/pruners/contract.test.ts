import { PRUNERS } from '../../../shared/search/searchFields.ts';
import { prunerContract } from '../../contracts/prunerContract.ts';

for (const pruner of PRUNERS) prunerContract(pruner);
