import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderHashes } from '../../support/cliFixture.ts';
import { runCli } from '../../support/runCli.ts';
import { PATIENCE_MS, STUDY_FLAGS, studyFixture } from '../../support/studyFixture.ts';

const { folder, prepare, start, journal, finishedTrials, adapterHashes, untilRecords } = studyFixture();
beforeAll(prepare);

/** Long enough that another command starts while it runs. */
const LONG = [...STUDY_FLAGS, '--epochs', '6'];

function requests(study: string): string[] {
  return readdirSync(join(folder, study)).filter((name) => name.startsWith('.stop'));
}

describe('darse stop', () => {
  test(
    'has the study saved and left as Ctrl-C does, returns when it is, and the study ends with the same bytes',
    async () => {
      const whole = start('search', ...LONG, '--out', 'whole');
      const running = start('search', ...LONG, '--out', 'left', '--checkpoint-seconds', '1000');
      await untilRecords('left', 6, running);
      const stopped = await runCli(['stop', 'left', '--json'], { cwd: folder });
      const { code, stderr } = await running.ended;
      expect(code).toBe(130);
      expect(stderr).toContain('go on with: npx darse resume left');
      expect(stopped.code).toBe(0);
      expect(stopped.stderr).toContain(`asked process ${running.child.pid} on `);
      expect(JSON.parse(stopped.stdout)).toMatchObject({ state: 'interrupted', end: null });
      expect(requests('left')).toEqual([]);
      expect(await start('resume', 'left').ended).toMatchObject({ code: 0 });
      await whole.ended;
      expect(finishedTrials('left')).toEqual(finishedTrials('whole'));
      expect(adapterHashes('left')).toEqual(adapterHashes('whole'));
    },
    PATIENCE_MS,
  );

  test('says that nobody works at a study, how it goes on, and changes nothing', async () => {
    const running = start('search', ...STUDY_FLAGS, '--out', 'waiting');
    await untilRecords('waiting', 4, running);
    running.child.kill('SIGKILL');
    await running.ended;
    const before = folderHashes(join(folder, 'waiting'));
    const { code, stdout, stderr } = await runCli(['stop', 'waiting'], { cwd: folder });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'waiting waits to go on: npx darse resume waiting\n',
      stderr: 'nobody works at waiting\n',
    });
    expect(folderHashes(join(folder, 'waiting'))).toEqual(before);
  });

  test('left by a process that died does not stop the next one', async () => {
    writeFileSync(join(folder, 'waiting', '.stop'), '');
    expect(await start('resume', 'waiting').ended).toMatchObject({ code: 0 });
    expect(requests('waiting')).toEqual([]);
  });

  test.each(['nowhere', 'model'])('refuses %s, which holds no study, with 2 and leaves nothing there', async (name) => {
    for (const more of [[], ['--search']]) {
      const { code, stderr } = await runCli(['stop', name, ...more], { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain(`${name}/study.jsonl`);
    }
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    expect(requests('model')).toEqual([]);
  });
});

describe('darse stop --search', () => {
  const kinds = (study: string) => journal(study).map(({ kind }) => kind);

  test(
    'lets the running training end, records the end of the search as stopped, and has its best confirmed',
    async () => {
      const running = start('search', ...LONG, '--out', 'ended', '--json');
      await untilRecords('ended', 4, running);
      const begun = journal('ended').filter(({ kind }) => kind === 'trialStarted').length;
      const asked = await runCli(['stop', 'ended', '--search'], { cwd: folder });
      expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('tries no further vector') });
      const { code, stdout } = await running.ended;
      expect(code).toBe(0);
      const { end, history, verdict } = JSON.parse(stdout);
      expect(end).toBe('stopped');
      expect(history.length).toBeGreaterThanOrEqual(begun);
      expect(history.length).toBeLessThan(6);
      expect(verdict.arms.map(({ testMse }: { testMse: unknown[] }) => testMse.length)).toContain(5);
      expect(requests('ended')).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'waits for the next resume where nobody works; the training that was begun ends first',
    async () => {
      const running = start('search', ...STUDY_FLAGS, '--out', 'later', '--checkpoint-seconds', '0');
      await untilRecords('later', 4, running);
      running.child.kill('SIGKILL');
      await running.ended;
      const begun = journal('later').filter(({ kind }) => kind === 'trialStarted').length;
      const asked = await runCli(['stop', 'later', '--search'], { cwd: folder });
      expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('its search ends as soon as somebody') });
      const status = await runCli(['status', 'later'], { cwd: folder });
      expect(status.stdout).toContain('asked for: no further vector is tried');
      expect(await start('resume', 'later').ended).toMatchObject({ code: 0 });
      expect(kinds('later').filter((kind) => kind === 'trial')).toHaveLength(begun);
      expect(journal('later').find(({ kind }) => kind === 'end')).toMatchObject({ reason: 'stopped' });
      expect(requests('later')).toEqual([]);
    },
    PATIENCE_MS,
  );

  test('says that the search has ended already, and leaves no request', async () => {
    const { code, stderr } = await runCli(['stop', 'ended', '--search'], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toContain('the search has ended already: it was asked to stop');
    expect(requests('ended')).toEqual([]);
  });
});
