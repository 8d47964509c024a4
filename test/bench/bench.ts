import { Command, Option } from 'commander';
import { ENGINE_NAMES } from '../../shared/engines/engine.ts';
import { benchForecast } from './forecast.ts';
import { benchLarge } from './large.ts';
import { serveSteps } from './serveSteps.ts';
import { benchPage } from './page.ts';
import { benchSearch } from './search.ts';
import { benchStep } from './step.ts';
import { timeStudy } from './timedStudy.ts';

const program = new Command('bench').description(
  'Speed and memory beside PyTorch + PEFT, search quality beside Optuna (DARSE_PYTHON, python3), forecasts beside the truth.',
);

program
  .command('step')
  .description('ms per training step for each engine and for PyTorch, in turns')
  .option('--engine <names>', 'engines, with commas between', 'onnx,wasm')
  .option('--dropout', 'only with dropout 0.1 everywhere, on both sides (without: only with none)')
  .addOption(threadsOption())
  .option('--only <text>', 'only works whose name contains this, such as "T 64"', '')
  .option('--json', 'rows on standard output as JSON; everything else on standard error')
  .action(benchStep);

program
  .command('large')
  .description('a RoBERTa-Large-shaped checkpoint on disk: seconds to load, ms per step, peak memory')
  .addOption(threadsOption())
  .option('--json', 'rows on standard output as JSON; everything else on standard error')
  .action(benchLarge);

program
  .command('search')
  .description(
    'regret of every search strategy on surfaces of known truth, and false claims where there is nothing to find',
  )
  .option('--seeds <N>', 'studies per strategy and surface', Number, 500)
  .option('--null-studies <N>', 'studies where all vectors are alike', Number, 1000)
  .option('--synthetic', "the surfaces that the surrogate's settings were chosen on, instead; --seeds says how many")
  .option('--peer', "Optuna's TPE beside them (DARSE_PYTHON with optuna)")
  .option('--json', 'rows on standard output as JSON; everything else on standard error')
  .action(benchSearch);

program
  .command('forecast')
  .description(
    'real studies on the bundled headlines beside their forecasts; ends with 1 where one is outside ±20 % of the middle. Idle machine only',
  )
  .option('--minutes <N>', 'one more study, of about so many minutes', Number)
  .option('--only <text>', 'only studies whose name contains this', '')
  .option('--json', 'rows on standard output as JSON; everything else on standard error')
  .action(benchForecast);

program
  .command('page')
  .description(
    'seconds from the click on the demo of the page to a first curve and to the result, in headless Chromium',
  )
  .action(benchPage);

program
  .command('study', { hidden: true })
  .argument('<flags>', 'settings as JSON')
  .description('one real study; its forecast and the truth as JSON')
  .action(timeStudy);

program
  .command('serve', { hidden: true })
  .addOption(new Option('--engine <name>').choices(ENGINE_NAMES).makeOptionMandatory())
  .description('the side of DARSE: answers requests on standard input (protocol.ts)')
  .action(serveSteps);

await program.parseAsync();

function threadsOption(): Option {
  const about = 'processor threads on both sides; 1 makes processor time hold on a busy machine too';
  return new Option('--threads <N>', about).argParser(Number).default(null, "each library's own choice");
}
