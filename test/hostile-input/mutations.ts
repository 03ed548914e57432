import fc from 'fast-check';
import { jsonText, memberName, quoted, scalar } from './json-text.ts';

/** The name and the value of a member, both as JSON text. */
type Member = readonly [name: string, value: string];

/** Texts of an object with these members, most of them with something done to one or two places of it. */
export function mutatedObject(
  members: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<string> {
  const valid = fc.tuple(
    ...Object.entries(members).map(([name, value]) =>
      value.map((item): Member | undefined => {
        return item === undefined ? undefined : [JSON.stringify(name), JSON.stringify(item)];
      }),
    ),
  );
  return fc
    .tuple(valid, fc.array(mutation, { maxLength: 2 }), fc.boolean())
    .map(([given, mutations, reversed]) => {
      const present = given.filter((member) => member !== undefined);
      const mutated = mutations.reduce<readonly Member[]>((all, mutate) => mutate(all), present);
      const ordered = reversed ? mutated.toReversed() : mutated;
      return `{${ordered.map(([name, value]) => `${name}:${value}`).join(',')}}`;
    });
}

type Mutation = (members: readonly Member[]) => readonly Member[];

const replacement = fc.oneof(scalar, { weight: 1, arbitrary: jsonText });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  at(fc.constant(undefined), () => []),
  at(replacement, ([name], value) => [[name, value]]),
  at(replacement, ([name, value], other) => [
    [name, value],
    [name, other],
  ]),
  at(fc.boolean(), ([name, value], escaped) => [
    [name, value],
    [renamed(name, escaped), value],
  ]),
  at(memberName, ([, value], name) => [[name, value]]),
  at(fc.tuple(memberName, replacement), (member, extra) => [member, extra]),
  at(wrapping, ([name, value], [open, close]) => [[name, open + value + close]]),
);

function wrapping() {
  return fc.constantFrom<[string, string][]>(
    ['[', ']'],
    ['{"a":', '}'],
    ['"', '"'],
    [' ', '\n'],
    ['[[[', ']]]'],
  );
}

/** The same name, written in escapes or as it is. */
function renamed(name: string, escaped: boolean): string {
  try {
    return quoted(JSON.parse(name) as string, escaped);
  } catch {
    return name;
  }
}

function at<T>(
  argument: fc.Arbitrary<T> | (() => fc.Arbitrary<T>),
  change: (member: Member, argument: T) => readonly Member[],
): fc.Arbitrary<Mutation> {
  const given = typeof argument === 'function' ? argument() : argument;
  return fc.tuple(fc.nat(), given).map(([index, value]) => (members) => {
    const place = members.length === 0 ? 0 : index % members.length;
    const member = members[place] ?? ['"a"', '1'];
    return [...members.slice(0, place), ...change(member, value), ...members.slice(place + 1)];
  });
}
