import { describe, expect, it } from 'vitest';
import { page, pages, section } from './pages.ts';

const decisions = pages().filter(({ file }) => file.startsWith('docs/adr/'));

/** The heading of a decision: its number and its title. */
function headingOf(text: string): { number: number; title: string } {
  const [, number = '', title = ''] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
  return { number: Number(number), title };
}

it('the README lists every decision in order, by number and title', () => {
  const listed = section(page('README.md'), 'Decisions').matchAll(/^(\d+)\. \[(.+)\]\((.+)\)$/gm);
  expect([...listed].map(([, number, title, file]) => ({ number: Number(number), title, file }))).toEqual(
    decisions.map(({ file, text }) => ({ ...headingOf(text), file })),
  );
});

it('decisions are numbered without gaps, and named by their number', () => {
  const numbers = decisions.map(({ text }) => headingOf(text).number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  const names = decisions.map(({ file }) => /(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]);
  expect(names).toEqual(numbers.map((number) => String(number).padStart(4, '0')));
});

describe.each(decisions.map((decision) => [decision.file, decision] as const))('%s', (_, decision) => {
  it('says its status and its date', () => {
    const [, date = ''] =
      /^Status: (?:proposed|accepted|superseded by \[.+\]\(.+\))\. Date: (\d{4}-\d{2}-\d{2})\.$/m.exec(
        decision.text,
      ) ?? [];
    expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
  });

  it('says context, decision, consequences and alternatives, in this order', () => {
    const headings = [...decision.text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences', 'Alternatives']);
    for (const heading of ['Context', 'Decision', 'Consequences', 'Alternatives'])
      expect(section(decision, heading).trim(), heading).not.toBe('');
  });
});
