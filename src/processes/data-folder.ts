import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

/** Where an instance keeps what must outlive it. Everything in it is for its owner's eyes only. */
export interface DataFolder {
  readonly path: string;
  readonly books: string;
  readonly ledger: string;
  readonly journals: string;
  /** What past answers taught the gateway. */
  readonly learned: string;
  /** Locked by the control process that runs on this folder. */
  readonly lock: string;
  /** Keys the fingerprints and the sessions of this instance; made once. */
  readonly secret: Uint8Array;
}

const secretBytes = 32;

export function openDataFolder(path: string): DataFolder {
  const folder = resolve(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const journals = join(folder, 'journal');
  mkdirSync(journals, { recursive: true, mode: 0o700 });
  return {
    path: folder,
    books: join(folder, 'books.db'),
    ledger: join(folder, 'ledger.duckdb'),
    journals,
    learned: join(folder, 'learned.json'),
    lock: join(folder, 'instance.lock'),
    secret: readSecret(join(folder, 'secret')),
  };
}

/** Reads the instance's secret or makes it. Of two processes that make it at once, one wins and both read the same. */
function readSecret(file: string): Uint8Array {
  try {
    writeFileSync(file, randomBytes(secretBytes).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
}

const socketsPrefix = 'burnrate-';

export interface SocketFolder {
  readonly control: string;
  readonly ledger: string;
  readonly books: string;
  readonly coordinator: string;
  remove(): void;
}

/**
 * A fresh folder for the private sockets, outside the data folder because the path of a socket may have only about a
 * hundred characters. What a killed predecessor left is removed first.
 */
export function openSocketFolder(data: DataFolder): SocketFolder {
  const note = join(data.path, 'sockets');
  removeNoted(note);
  const folder = mkdtempSync(join(tmpdir(), socketsPrefix));
  writeFileSync(note, folder, { mode: 0o600 });
  return {
    control: join(folder, 'control'),
    ledger: join(folder, 'ledger'),
    books: join(folder, 'books'),
    coordinator: join(folder, 'coordinator'),
    remove() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(note, { force: true });
    },
  };
}

function removeNoted(note: string): void {
  let noted: string;
  try {
    noted = readFileSync(note, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const ours = join(tmpdir(), basename(noted));
  if (noted === ours && basename(noted).startsWith(socketsPrefix)) rmSync(noted, { recursive: true, force: true });
}
