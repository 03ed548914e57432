/** Says which worlds pass their calls through the product's adapters. Where it is drawn, each world draws it from its seed. */
export const adapterChoices = ['drawn', 'always', 'never'] as const;
export type AdapterChoice = (typeof adapterChoices)[number];

export const throughAdapters = {
  drawn: undefined,
  always: true,
  never: false,
} as const satisfies Record<AdapterChoice, boolean | undefined>;
