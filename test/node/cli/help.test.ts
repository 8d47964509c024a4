import { expect, test } from 'vitest';
import { TRAINING_FIELDS } from '../../../shared/trial/trainingFields.ts';
import { runCli } from '../../support/runCli.ts';

const COMMANDS = ['train', 'search', 'forecast', 'evaluate', 'predict', 'engines', 'models'];

/** npx adds some 0.3 s of its own, and the promise is 0.5 s in all. */
const HELP_MS = 250;
/** The fastest of these counts: others may be busy on the machine. */
const TRIES = 5;

test(`prints its help in less than ${HELP_MS} ms`, async () => {
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const startedAt = performance.now();
    const { code, stdout } = await runCli(['--help']);
    times.push(performance.now() - startedAt);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
  }
  expect(Math.min(...times)).toBeLessThan(HELP_MS);
});

test.each(COMMANDS)('has help for %s, with the flags that every command has', async (command) => {
  const { code, stdout, stderr } = await runCli([command, '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const flag of ['--help', '--config <file>', '--json', '--seed <N>', '--quiet'])
    expect(stdout).toContain(`${flag} `);
});

test('names every setting of a training in its help', async () => {
  const { stdout } = await runCli(['help', 'train']);
  for (const { flag, value } of Object.values(TRAINING_FIELDS)) expect(stdout).toContain(`  ${flag} ${value} `);
});

test('keeps its help within 80 columns', async () => {
  const { stdout } = await runCli(['train', '--help'], { env: { COLUMNS: '80' } });
  const longest = Math.max(...stdout.split('\n').map((line) => line.length));
  expect(longest).toBeLessThanOrEqual(80);
});

test.each([
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['train', '--epoch', '3'], 'Did you mean --epochs?'],
  [['models', 'a', 'b', 'c'], 'too many arguments'],
])('refuses %j as wrong usage and says what is right', async (args, message) => {
  const { code, stdout, stderr } = await runCli(args);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
});

test('tells scripts of wrong usage as JSON too', async () => {
  const { code, stdout } = await runCli(['train', '--epoch', '3', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage', message: expect.stringContaining('--epoch') } });
});
