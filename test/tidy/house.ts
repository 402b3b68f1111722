/** The import table of the house: which rooms a room may import. `base` is always allowed. A change is a decision page. */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  base: [],
  money: [],
  tree: ['money'],
  remote: [],
  pricing: ['money', 'tree'],
  config: ['money', 'tree'],
  policy: ['tree'],
  coordination: ['tree', 'policy', 'remote'],
  books: ['tree', 'remote'],
  journal: ['tree'],
  ledger: ['money', 'tree', 'remote'],
  forecast: ['money', 'tree', 'pricing', 'config'],
  economics: ['money', 'tree', 'pricing', 'config', 'ledger', 'forecast'],
  gateway: ['money', 'tree', 'pricing', 'policy', 'config', 'coordination', 'books', 'journal'],
  exchange: ['money', 'economics'],
  pilot: ['tree'],
  scheduler: ['tree', 'config', 'books', 'ledger', 'economics', 'forecast'],
  api: [
    'money',
    'tree',
    'pricing',
    'config',
    'policy',
    'books',
    'ledger',
    'forecast',
    'economics',
    'exchange',
    'scheduler',
  ],
  processes: [
    'money',
    'tree',
    'remote',
    'pricing',
    'config',
    'policy',
    'coordination',
    'books',
    'journal',
    'ledger',
    'economics',
    'exchange',
    'scheduler',
    'gateway',
    'api',
  ],
};

/** Rooms that may import every other. */
export const anyRoom: ReadonlySet<string> = new Set(['cli']);
/** It ships to users, so not even `base`. */
export const noRoom: ReadonlySet<string> = new Set(['client']);
/** The pure rooms that also run in a browser. */
export const webRooms: ReadonlySet<string> = new Set(['base', 'money', 'tree', 'forecast']);
/** What the API answers: the dashboard may take its types, and nothing that is there when it runs. */
export const wireTypes = 'src/api/wire.ts';

/** Folders that hold one engine each; only the composition root and tests know them. */
export const engineFolders: readonly string[] = [
  'src/books/sqlite/',
  'src/books/postgres/',
  'src/ledger/duckdb/',
  'src/ledger/clickhouse/',
];

export const compositionRoot = 'src/main.ts';
/** Reads the environment and the terminal for people's commands, which main hands to it. */
export const commandLine = 'src/command-line.ts';
/** Where main enters the processes without loading them all. */
export const childDoor = 'src/processes/children/index.ts';
/** What the product is entered by; every other file must be reached from one of these. */
export const entrances: readonly string[] = [compositionRoot, 'src/client/index.ts', 'web/src/main.ts'];

export const functionLinesMax = 70;
export const fileLinesMax = 400;

/** Files that may be longer, each with its reason. */
export const longFiles: Readonly<Record<string, string>> = {};

/** Files beside the source that only tests import, with what they are; contract suites need no entry. */
export const testDoors: Readonly<Record<string, string>> = {
  'src/gateway/test-rig.ts': 'the whole gateway in one process, with a scripted provider',
  'src/books/account/money-model.ts': 'the naive model that random operation sequences are compared with',
  'src/books/account/money-truth.ts': 'what was really billed and held, which that model holds against the books',
  'src/books/account/memory-tables.ts': 'the tables of the books in memory, for tests of the rules of money',
};

/** Where time and chance may be asked for, beside `src/base`. */
export const clockFiles: ReadonlySet<string> = new Set(['web/src/clock.ts']);

export const vagueNames: ReadonlySet<string> = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'common']);
