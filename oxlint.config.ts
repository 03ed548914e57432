/**
 * The house rules. `FLOORS` says which room of `shared/` may import which, and the rules on imports are made from it.
 * `docs/development.md` explains them, and `test/architecture/imports.test.ts` proves that each of them works.
 */
import { defineConfig, type OxlintOverride } from 'oxlint';

/**
 * The rooms of `shared/`, from the ground up. A room imports root files of lower floors only.
 * Two rooms on one floor do not import each other.
 */
export const FLOORS = [
  ['foundation'],
  ['money', 'aws', 'command-line', 'charts'],
  ['operators', 'encryption'],
  ['engines', 'wallets'],
  ['games'],
  ['sessions'],
  ['rounds'],
  ['events'],
  ['archive', 'simulation'],
  ['reconciliation'],
] as const;

/**
 * The folders that a room may have, with the folders beside them that they may import. They do the I/O or run engines.
 * Any of them may import the root files of its own room.
 */
export const INNER_FOLDERS = {
  adapters: [],
  host: [],
  grpc: [],
  publishing: ['host'],
} as const satisfies Record<string, readonly string[]>;

/** All adapters stand on this room: AWS clients, conditional writes, the system's clock. No root file may use it. */
const ADAPTERS_ROOM = 'aws';

const TESTS = ['**/*.test.ts', '**/*.fixture.ts'];
const TOP_LEVEL = ['functions', 'infra', 'engines', 'test'];
const ROOMS: readonly string[] = FLOORS.flat();
const INNER = Object.keys(INNER_FOLDERS);

interface Pattern {
  readonly regex: string;
  readonly message: string;
}

const oneOf = (names: readonly string[]) => `(${names.join('|')})`;

/** Also a type-only import counts. */
function refuse(patterns: readonly Pattern[]): NonNullable<OxlintOverride['rules']> {
  return { 'no-restricted-imports': ['error', { patterns: [...patterns] }] };
}

/** The room itself is not among them: a file reaches its own room by a shorter path. */
function forbiddenRooms(room: string, alsoAllowed: readonly string[] = []): readonly string[] {
  const floor = FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room));
  const allowed = [...FLOORS.slice(0, floor).flat(), ...alsoAllowed];
  return ROOMS.filter((other) => !allowed.includes(other as never));
}

function leavesShared(up: string): Pattern {
  return {
    regex: `^${up}${oneOf(TOP_LEVEL)}/`,
    message: 'shared/ imports nothing but itself and libraries.',
  };
}

function higherRoom(room: string, up: string, alsoAllowed: readonly string[] = []): Pattern {
  const rooms = forbiddenRooms(room, alsoAllowed);
  return { regex: `^${up}${oneOf(rooms)}/`, message: `${room} imports rooms on lower floors only.` };
}

function innerOfOtherRoom(up: string): Pattern {
  return {
    regex: `^${up}[a-z-]+/${oneOf(INNER)}/`,
    message: 'Only the composition root imports the inner folders of another room.',
  };
}

const UP_FROM_ROOT = '\\.\\./';
const UP_FROM_INNER = '\\.\\./\\.\\./';

/** Domain, ports and use cases. They know neither I/O nor what does it. */
function rootFiles(room: string): OxlintOverride[] {
  const floors = [leavesShared(`${UP_FROM_ROOT}${UP_FROM_ROOT}`), higherRoom(room, UP_FROM_ROOT)];
  const pure = [
    innerOfOtherRoom(UP_FROM_ROOT),
    { regex: `^\\./${oneOf(INNER)}/`, message: 'A root file does not import the inner folders of its room.' },
    { regex: `^${UP_FROM_ROOT}${ADAPTERS_ROOM}/`, message: `Only adapters stand on ${ADAPTERS_ROOM}.` },
    { regex: '^@', message: 'A root file imports no client of a service.' },
    {
      regex: '^node:(fs|https?|http2|net|os|child_process|worker_threads|process|timers|dns|tls|vm)(/|$)',
      message: 'A root file does no I/O.',
    },
  ];
  const files = [`shared/${room}/*.ts`];
  // The rooms below are made of I/O: it has no pure part.
  if (room === ADAPTERS_ROOM) return [{ files, rules: refuse(floors) }];
  return [
    { files, rules: refuse(floors) },
    { files, excludeFiles: TESTS, rules: refuse([...floors, ...pure]) },
  ];
}

function innerFiles(room: string): OxlintOverride[] {
  const floors = [
    leavesShared(`${UP_FROM_INNER}${UP_FROM_ROOT}`),
    higherRoom(room, UP_FROM_INNER, [ADAPTERS_ROOM]),
  ];
  return Object.entries(INNER_FOLDERS).flatMap(([folder, mayImport]) => {
    const files = [`shared/${room}/${folder}/*.ts`];
    const others = INNER.filter(
      (other) => other !== folder && !(mayImport as readonly string[]).includes(other),
    );
    const beside = {
      regex: `^${UP_FROM_ROOT}${oneOf(others)}/`,
      message: `${folder} does not import these.`,
    };
    return [
      { files, rules: refuse(floors) },
      { files, excludeFiles: TESTS, rules: refuse([...floors, beside, innerOfOtherRoom(UP_FROM_INNER)]) },
    ];
  });
}

const ANY_UP = '^(\\.\\./)+';
const ADAPTERS_OF_SHARED = `shared/(${ADAPTERS_ROOM}|[a-z-]+/${oneOf(INNER)})/`;

const leavesFunctions: Pattern = {
  regex: `${ANY_UP}(infra|engines|test)/`,
  message: 'Functions import shared/ and each other only.',
};
const handlersOnly: readonly Pattern[] = [
  leavesFunctions,
  { regex: ADAPTERS_OF_SHARED, message: 'Only the composition root knows adapters.' },
  { regex: '^@aws-sdk/', message: 'Only the composition root knows clients of AWS.' },
];

const functionsRules: OxlintOverride[] = [
  { files: ['functions/**'], rules: refuse([leavesFunctions]) },
  {
    files: ['functions/**'],
    excludeFiles: [...TESTS, 'functions/_runtime/composition.ts', 'functions/_runtime/lambda-credentials.ts'],
    rules: refuse(handlersOnly),
  },
  {
    // The table of functions, which the stack is made from, and all that it consists of.
    files: ['functions/*.ts', 'functions/*/*/function.ts', 'functions/[a-z]*/*-entry.ts'],
    rules: refuse([
      ...handlersOnly,
      { regex: '(/_runtime/|/handler\\.ts$|^node:)', message: 'An entry is data, and runs nothing.' },
    ]),
  },
];

/** A file directly in `functions/` is part of the table of functions. */
const namesByPath: Pattern = {
  regex: `${ANY_UP}functions/[a-z_]+/`,
  message: 'Infrastructure reads the table of functions, and names their code by path.',
};

const enginesRules: OxlintOverride[] = [
  {
    files: ['engines/**'],
    rules: refuse([
      { regex: `${ANY_UP}(infra|functions|test)/`, message: 'Engines and their kit import shared/ only.' },
    ]),
  },
];

const infraRules: OxlintOverride[] = [
  {
    files: ['infra/**'],
    excludeFiles: TESTS,
    rules: refuse([namesByPath]),
  },
  {
    files: ['infra/**'],
    excludeFiles: [...TESTS, 'infra/commands/**', 'infra/**/*.command.ts'],
    rules: refuse([
      namesByPath,
      { regex: ADAPTERS_OF_SHARED, message: 'Infrastructure runs the product; it is not part of it.' },
    ]),
  },
];

const PURE_CODE_MESSAGES = {
  clock: 'Time comes through the Clock port.',
  random: 'Randomness comes through the Random port.',
  settings: 'Settings are passed in.',
} as const;

const pureCode: OxlintOverride = {
  files: ROOMS.filter((room) => room !== ADAPTERS_ROOM).map((room) => `shared/${room}/*.ts`),
  rules: {
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: PURE_CODE_MESSAGES.clock },
      { object: 'performance', property: 'now', message: PURE_CODE_MESSAGES.clock },
      { object: 'Math', property: 'random', message: PURE_CODE_MESSAGES.random },
      { object: 'crypto', property: 'randomUUID', message: PURE_CODE_MESSAGES.random },
      { object: 'process', property: 'env', message: PURE_CODE_MESSAGES.settings },
    ],
    'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'process', 'console'],
  },
};

export default defineConfig({
  plugins: ['eslint', 'typescript', 'import', 'unicorn', 'promise', 'node'],
  options: { typeAware: true },
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['node_modules', '.rgs', 'cdk.out', '**/assembly/**', '**/*_pb.ts'],
  rules: {
    'import/no-cycle': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'max-lines': [
      'error',
      {
        max: 400,
        skipBlankLines: false,
      },
    ],
    'max-lines-per-function': [
      'error',
      {
        max: 70,
        skipBlankLines: true,
        skipComments: true,
      },
    ],
    'no-underscore-dangle': 'off',
    'no-shadow': 'off',
    'no-await-in-loop': 'off',
    'import/no-unassigned-import': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-named-as-default': 'off',
    'no-new': 'off',
    'typescript/no-unsafe-enum-assignment': 'off',
    'typescript/consistent-return': 'off',
    'consistent-return': 'off',
    'no-useless-constructor': 'off',
    'typescript/no-useless-constructor': 'off',
    'promise/always-return': 'off',
    'no-unmodified-loop-condition': 'off',
    'typescript/unbound-method': 'off',
    'unicorn/require-post-message-target-origin': 'off',
  },
  overrides: [
    pureCode,
    ...ROOMS.flatMap((room) => [...rootFiles(room), ...innerFiles(room)]),
    ...functionsRules,
    ...enginesRules,
    ...infraRules,
    { files: ['**/*.test.ts', 'test/**'], rules: { 'max-lines-per-function': 'off' } },
  ],
});
