import { describe, expect, it } from 'vitest';
import { DarseError } from '../../shared/study/darseError.ts';
import { type Fields, parseSettings } from '../../shared/study/fields.ts';

const FIELDS = {
  name: { kind: 'text', default: 'x', flag: '--name', value: '<s>', help: '', check: refuseShouting },
  file: { kind: 'text', default: null, flag: '--file', value: '<f>', help: '' },
  rate: { kind: 'number', default: 0.5, least: 0, most: 1, flag: '--rate', value: '<r>', help: '' },
  count: { kind: 'number', default: null, least: 1, most: 9, whole: true, flag: '--count', value: '<N>', help: '' },
  norm: {
    kind: 'number',
    default: 2,
    least: 1,
    most: Number.POSITIVE_INFINITY,
    flag: '--norm',
    value: '<n>',
    help: '',
  },
  kind: { kind: 'choice', default: 'a', choices: ['a', 'b'], flag: '--kind', value: '<k>', help: '' },
  force: { kind: 'switch', default: false, flag: '--force', value: '', help: '' },
  parts: { kind: 'texts', default: null, flag: '--parts', value: '<p...>', help: '' },
} as const satisfies Fields;

const DEFAULTS = { name: 'x', file: null, rate: 0.5, count: null, norm: 2, kind: 'a', force: false, parts: null };

function refuseShouting(text: string): void {
  if (text !== text.toLowerCase()) throw new DarseError('usage', `--name must not shout, got "${text}"`);
}

function problemsOf(...sources: Record<string, unknown>[]): string[] {
  try {
    parseSettings(FIELDS, ...sources);
  } catch (error) {
    if (error instanceof DarseError && error.code === 'usage') return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('are the defaults where nothing is given', () => {
    expect(parseSettings(FIELDS)).toEqual(DEFAULTS);
    expect(parseSettings(FIELDS, { rate: undefined, kind: undefined })).toEqual(DEFAULTS);
  });

  it('may be text from flags or plain JSON from a file, and later sources win', () => {
    const file = { rate: 0.25, count: 3, kind: 'b', name: 'from a file' };
    expect(parseSettings(FIELDS, file)).toEqual({ ...DEFAULTS, ...file });
    expect(parseSettings(FIELDS, file, { rate: '1e-1', count: '4' })).toEqual({
      ...DEFAULTS,
      ...file,
      rate: 0.1,
      count: 4,
    });
  });

  it('take null for what may be left out, and none for a number; a file may be called none', () => {
    const given = { file: 'f', count: 2 };
    expect(parseSettings(FIELDS, given, { file: null, count: 'none' })).toEqual(DEFAULTS);
    expect(parseSettings(FIELDS, { file: 'none', count: null })).toEqual({ ...DEFAULTS, file: 'none' });
    expect(problemsOf({ rate: 'none', norm: null })).toEqual([
      '  - --rate must be a number 0–1, got "none"',
      '  - --norm must be a number of at least 1, got null',
    ]);
  });

  it('take text in the form that JSON writes more naturally', () => {
    expect(parseSettings(FIELDS, { name: 8 }).name).toBe('8');
    expect(parseSettings(FIELDS, { name: [8, 8, 0] }).name).toBe('8,8,0');
    expect(parseSettings(FIELDS, { parts: 'a.csv' }).parts).toEqual(['a.csv']);
    expect(parseSettings(FIELDS, { parts: ['a.csv', 'b.csv'], force: true })).toMatchObject({
      parts: ['a.csv', 'b.csv'],
      force: true,
    });
  });

  it('are refused all at once, with flag, value found and values allowed', () => {
    const numbers = { rate: 1.5, count: '2.5', norm: '' };
    const others = { kind: 'c', name: 'NO', file: { a: 1 }, force: 'yes', parts: [1] };
    expect(problemsOf({ ...numbers, ...others, colour: 'red', constructor: 1 })).toEqual([
      '  - --rate must be a number 0–1, got 1.5',
      '  - --count must be a whole number 1–9, got "2.5"',
      '  - --norm must be a number of at least 1, got ""',
      '  - --kind must be one of a, b; got "c"',
      '  - --name must not shout, got "NO"',
      '  - --file must be text, got {"a":1}',
      '  - --force must be true or false, got "yes"',
      '  - --parts must be a text or a list of texts, got [1]',
      '  - "colour", "constructor" are no settings; there are: name, file, rate, count, norm, kind, force, parts',
    ]);
  });

  it('are refused wherever they stand, also where a later source is right', () => {
    expect(problemsOf({ rate: 2 }, { rate: 0.5 })).toEqual(['  - --rate must be a number 0–1, got 2']);
  });

  it.each([Number.NaN, 'NaN', true, [0.5], {}, '0,5', ' '])('take no number from %j', (rate) => {
    expect(problemsOf({ rate })).toHaveLength(1);
  });

  it.each(['0', '1', 0, 1])('include the bounds: %j', (rate) => {
    expect(parseSettings(FIELDS, { rate }).rate).toBe(Number(rate));
  });

  it.each(['Infinity', Number.POSITIVE_INFINITY, '1e999'])(
    'take no endless number where there is no upper bound: %j',
    (norm) => {
      expect(problemsOf({ norm })).toHaveLength(1);
    },
  );
});
