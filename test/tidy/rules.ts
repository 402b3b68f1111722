import { posix } from 'node:path';
import {
  anyRoom,
  childDoor,
  clockFiles,
  commandLine,
  compositionRoot,
  engineFolders,
  entrances,
  fileLinesMax,
  functionLinesMax,
  importTable,
  longFiles,
  noRoom,
  testDoors,
  vagueNames,
  webRooms,
  wireTypes,
} from './house.ts';
import type { SourceFacts } from './read-source.ts';

/** A rule looks at every file of the repository and says what breaks it, one line each. */
export type Rule = (files: readonly SourceFacts[]) => string[];

const roomOf = (path: string): string | null => /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
const isTest = (path: string): boolean =>
  /\.(test|contract)\.tsx?$/.test(path) || /^(test|bench)\//.test(path) || path in testDoors;
const isProduct = (path: string): boolean => /^(src|web\/src)\//.test(path) && !isTest(path);
const engineOf = (path: string): string | undefined => engineFolders.find((folder) => path.startsWith(folder));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
  readonly at: string;
}

function importsOf(files: readonly SourceFacts[]): Import[] {
  return files.flatMap((file) =>
    file.imports.map(({ line, text, typesOnly }) => ({
      from: file.path,
      to: text,
      typesOnly,
      at: `${file.path}:${line}`,
    })),
  );
}

/** Rooms import only the rooms the table allows; the client none; the dashboard only the pure ones, and types of answers. */
export const importsFollowTheTable: Rule = (files) =>
  importsOf(files).flatMap((mention) => {
    const { from, to, at } = mention;
    const target = roomOf(to);
    if (isTest(from) || target === null || roomOf(from) === target || takesWireTypes(mention)) return [];
    return mayImport(from, target) ? [] : [`${at} may not import ${target}`];
  });

const takesWireTypes = ({ from, to, typesOnly }: Import): boolean =>
  from.startsWith('web/') && to === wireTypes && typesOnly;

function mayImport(from: string, target: string): boolean {
  if (from.startsWith('web/')) return webRooms.has(target);
  const room = roomOf(from);
  if (room === null || anyRoom.has(room)) return true;
  if (noRoom.has(room)) return false;
  return target === 'base' || (importTable[room]?.includes(target) ?? false);
}

/** What the table allows, some file of the room makes use of. */
export const theTableAllowsWhatIsUsed: Rule = (files) => {
  const used = new Set(
    importsOf(files)
      .filter(({ from }) => !isTest(from))
      .map(({ from, to }) => `${roomOf(from)} ${roomOf(to)}`),
  );
  const rooms = new Set(files.map(({ path }) => roomOf(path)));
  return Object.entries(importTable)
    .filter(([room]) => rooms.has(room))
    .flatMap(([room, allowed]) =>
      allowed
        .filter((target) => rooms.has(target) && !used.has(`${room} ${target}`))
        .map((target) => `${room} does not need ${target}`),
    );
};

/** A room is entered by its `index.ts`; main and tests also open an engine's folder. */
export const roomsAreEnteredByTheirDoor: Rule = (files) =>
  importsOf(files).flatMap((mention) => {
    const { from, to, at } = mention;
    const room = roomOf(to);
    if (room === null || roomOf(from) === room || takesWireTypes(mention) || /^src\/[^/]+\/index\.ts$/.test(to))
      return [];
    if (to === childDoor && from === compositionRoot) return [];
    if (engineOf(to) && (from === compositionRoot || isTest(from))) return [];
    if (/^(test|bench)\//.test(from) || /\.contract\.ts$/.test(to)) return [];
    return [`${at} enters ${room} past its index.ts (${to})`];
  });

/** What a door shows, somebody outside asks for; the client's door is for users of the package. */
export const doorsShowWhatIsAskedFor: Rule = (files) =>
  files
    .filter(({ path }) => isDoor(path) && !noRoom.has(roomOf(path) ?? ''))
    .flatMap((door) => {
      const asked = namesAskedFrom(door.path, files);
      return asked.has('*')
        ? []
        : door.passedOn
            .filter(({ text }) => !asked.has(text))
            .map(({ line, text }) => `${door.path}:${line} shows ${text}, which nobody outside asks for`);
    });

const isDoor = (path: string): boolean => /^src\/.+\/index\.ts$/.test(path);

function namesAskedFrom(door: string, files: readonly SourceFacts[]): Set<string> {
  const inside = posix.dirname(door);
  const outsiders = files.filter(({ path }) => !path.startsWith(`${inside}/`));
  return new Set(
    outsiders.flatMap(({ imports }) => imports.filter(({ text }) => text === door).flatMap(({ names }) => names)),
  );
}

/** An engine is known to main, to tests and to itself. */
export const enginesAreChosenByMain: Rule = (files) =>
  importsOf(files).flatMap(({ from, to, at }) => {
    const engine = engineOf(to);
    if (!engine || from.startsWith(engine) || from === compositionRoot || isTest(from)) return [];
    return [`${at} knows the engine ${engine}`];
  });

/** Every room of the source is in the table, and has its door and its README. */
export function roomsAreFurnished(files: readonly SourceFacts[], exists: (path: string) => boolean): string[] {
  const rooms = [...new Set(files.flatMap(({ path }) => roomOf(path) ?? []))];
  return rooms.flatMap((room) => [
    ...(room in importTable || anyRoom.has(room) || noRoom.has(room) ? [] : [`src/${room} is not in the import table`]),
    ...['index.ts', 'README.md']
      .filter((name) => !exists(`src/${room}/${name}`))
      .map((name) => `src/${room} has no ${name}`),
  ]);
}

/** Every file is reached from an entrance, a room's door or a contract suite; while there is no main, engines are too. */
export const noFileIsDead: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const isDoor = (path: string): boolean =>
    entrances.includes(path) ||
    /^src\/[^/]+\/index\.ts$/.test(path) ||
    /\.contract\.ts$/.test(path) ||
    (!byPath.has(compositionRoot) && engineOf(path) !== undefined);
  const reached = new Set(files.map(({ path }) => path).filter(isDoor));
  for (const path of reached) {
    for (const { text } of byPath.get(path)?.imports ?? []) reached.add(text);
  }
  return files
    .filter(({ path }) => isProduct(path) && !/\.d\.ts$/.test(path) && !reached.has(path))
    .map(({ path }) => `${path} is reached by nothing`);
};

export const functionsAreShort: Rule = (files) =>
  files
    .filter(({ path }) => isProduct(path))
    .flatMap(({ path, functions }) =>
      functions
        .filter(({ length }) => length > functionLinesMax)
        .map(({ line, text, length }) => `${path}:${line} ${text} has ${length} lines of at most ${functionLinesMax}`),
    );

export const filesAreShort: Rule = (files) =>
  files
    .filter(({ path, lines }) => lines > fileLinesMax && !isTest(path) && !(path in longFiles))
    .map(({ path, lines }) => `${path} has ${lines} lines of at most ${fileLinesMax}`);

/** A listed exception that is not needed any more goes. */
export const exceptionsAreNeeded: Rule = (files) => [
  ...Object.keys(longFiles).filter(
    (path) => files.length > 50 && !files.some((file) => file.path === path && file.lines > fileLinesMax),
  ),
  ...Object.keys(testDoors).filter((path) => files.length > 50 && !files.some((file) => file.path === path)),
];

export const timeAndChanceAreArguments: Rule = (files) =>
  files
    .filter(({ path }) => isProduct(path) && roomOf(path) !== 'base' && !clockFiles.has(path))
    .flatMap(({ path, clocks }) => clocks.map(({ line, text }) => `${path}:${line} asks ${text}`));

export const onlyMainReadsTheEnvironment: Rule = (files) =>
  files
    .filter(({ path }) => isProduct(path) && path !== compositionRoot && path !== commandLine)
    .flatMap(({ path, environment }) => environment.map(({ line }) => `${path}:${line} reads process.env`));

export const nothingIsLeftForLater: Rule = (files) =>
  files.flatMap(({ path, comments, switchedOff }) => [
    ...comments
      .filter(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text))
      .map(({ line }) => `${path}:${line} is left for later`),
    ...switchedOff.map(({ line, text }) => `${path}:${line} ${text}`),
  ]);

export const namesSayWhatTheyHold: Rule = (files) =>
  files
    .map(({ path }) => path)
    .filter((path) => /^(src|web)\//.test(path))
    .filter((path) => path.split(/[/.-]/).some((word) => vagueNames.has(word.toLowerCase())));

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.tsx?$/;
export const filesAreKebabCase: Rule = (files) =>
  files.map(({ path }) => path).filter((path) => !kebab.test(path.split('/').at(-1) ?? ''));
