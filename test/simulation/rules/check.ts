/** Reports a broken rule. The detail is made only where the rule is broken. */
export type Check = (holds: boolean, rule: string, detail: () => string) => void;
