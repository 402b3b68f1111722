import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'libsql';
import { decodeEntry, type Entry, entryFormat } from './entry-codec.ts';

/** Most entries one commit holds; a longer queue takes several. */
export const chunkEntriesMax = 256;

/** SQLite's page, its default; every file is a whole number of them. */
export const pageBytes = 4_096;

/** What one commit wrote: `count` consecutive entries from `first`. */
interface Chunk {
  readonly first: number;
  readonly last: number;
  /** Null stands for an entry of a kind this version does not know. */
  readonly entries: readonly (Entry | null)[];
}

interface ChunkRow {
  readonly first: number;
  readonly count: number;
  readonly format: number;
  readonly body: string;
}

/**
 * One journal in one SQLite file: numbered entries, one row per commit. Writing is synchronous and never fsyncs;
 * `sync()` makes everything written so far survive a power loss, off the event loop.
 */
export interface JournalFile {
  /** Number of the last entry in the file, 0 when there is none. */
  lastSequence(): number;
  /** Commits entries under the numbers from `first`. @throws SqliteError when it cannot be written */
  write(first: number, texts: readonly string[]): void;
  /** The next chunks that hold entries above `sequence`, oldest first, decoded as they are taken. @throws when the file is damaged */
  readAfter(sequence: number, chunksMax: number): Iterable<Chunk>;
  /** Deletes the chunks whose entries all are at or below `sequence`; the space is used again. */
  deleteThrough(sequence: number): void;
  /** Notes, once, during which run of the machine the file was made. */
  markBoot(id: string): void;
  /** What was noted; empty when nothing was. */
  boot(): string;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens or creates the file. @throws SqliteError when it is not a database or cannot be opened */
export async function openJournalFile(path: string, bytesMax?: number): Promise<JournalFile> {
  const connection = new Database(path);
  try {
    prepareSchema(connection);
    if (bytesMax !== undefined) connection.exec(`PRAGMA max_page_count=${Math.floor(bytesMax / pageBytes)}`);
    const log = await open(`${path}-wal`, 'r');
    await syncFolder(dirname(path));
    return journalFile(connection, log);
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

/** Deletes a journal's files; the lock's file is its owner's. */
export function removeJournalFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function prepareSchema(connection: Database.Database): void {
  connection.exec('PRAGMA journal_mode=WAL');
  connection.exec('PRAGMA wal_autocheckpoint=0');
  // A commit is then one write into the log, which the kernel keeps when this process is killed. Fsync is `sync`'s.
  connection.exec('PRAGMA synchronous=OFF');
  connection.exec(
    `CREATE TABLE IF NOT EXISTS entries
     (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, format INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
  );
  connection.exec('CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT');
}

function journalFile(connection: Database.Database, log: FileHandle): JournalFile {
  const insert = connection.prepare('INSERT INTO entries VALUES (?, ?, ?, ?)');
  const last = connection.prepare('SELECT first + count - 1 AS last FROM entries ORDER BY first DESC LIMIT 1');
  const select = connection.prepare(
    'SELECT first, count, format, body FROM entries WHERE first > ? AND first + count - 1 > ? ORDER BY first LIMIT ?',
  );
  const remove = connection.prepare('DELETE FROM entries WHERE first <= ? AND first + count - 1 <= ?');
  return {
    lastSequence: () => (last.get() as { last: number } | undefined)?.last ?? 0,
    write: (first, texts) => void insert.run(first, texts.length, entryFormat, texts.join('\n')),
    *readAfter(sequence, chunksMax) {
      const rows = select.all(sequence - chunkEntriesMax, sequence, chunksMax) as ChunkRow[];
      for (const row of rows) yield decodeChunk(row);
    },
    deleteThrough: (sequence) => void remove.run(sequence, sequence),
    markBoot: (id) => void connection.prepare("INSERT OR IGNORE INTO facts VALUES ('boot', ?)").run(id),
    boot: () => readBoot(connection),
    sync: () => log.datasync(),
    async close() {
      await log.close();
      connection.close();
    },
  };
}

function readBoot(connection: Database.Database): string {
  const row = connection.prepare("SELECT value FROM facts WHERE name = 'boot'").get() as { value: string } | undefined;
  return row?.value ?? '';
}

function decodeChunk({ first, count, format, body }: ChunkRow): Chunk {
  if (format > entryFormat) throw new Error(`entries are in format ${format}; this version reads up to ${entryFormat}`);
  const entries = body.split('\n').map(decodeEntry);
  if (entries.length !== count) throw new SyntaxError(`chunk ${first} holds ${entries.length} entries, not ${count}`);
  return { first, last: first + count - 1, entries };
}

/** Makes the file's name in its folder survive a power loss. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
