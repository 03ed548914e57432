/** Readers of options and arguments. Each throws an Error that says what is wanted. */

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`a whole number from ${least} to ${most}`);
  };
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    throw new Error(`one of ${choices.join(', ')}`);
  };
}

export function matching(pattern: RegExp, wanted: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new Error(wanted);
  };
}
