import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A mail as it came in: who sent it to whom, and every line of it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

export interface FakeSmtp {
  readonly url: string;
  readonly mails: ReceivedMail[];
  /** Answers the next mail with this instead of taking it. */
  refuseNext: string | null;
  close(): Promise<void>;
}

/** A mail server on loopback that speaks as much of RFC 5321 as sending one mail takes, and delivers nothing. */
export async function fakeSmtp(): Promise<FakeSmtp> {
  const sockets = new Set<Socket>();
  const fake: { mails: ReceivedMail[]; refuseNext: string | null } = { mails: [], refuseNext: null };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, fake);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    url: `smtp://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function converse(socket: Socket, fake: { mails: ReceivedMail[]; refuseNext: string | null }): void {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let rest = '';
  let from = '';
  let to: string[] = [];
  let body: string[] | null = null;
  const command = (line: string): void => {
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (/^EHLO|^HELO/i.test(line)) say('250 fake');
    else if (/^MAIL FROM/i.test(line)) {
      from = address;
      to = [];
      say('250 ok');
    } else if (/^RCPT TO/i.test(line)) {
      to.push(address);
      say('250 ok');
    } else if (/^DATA/i.test(line)) {
      body = [];
      say('354 go on');
    } else if (/^QUIT/i.test(line)) {
      say('221 bye');
      socket.end();
    } else say('502 not known');
  };
  const ended = (lines: readonly string[]): void => {
    const refusal = fake.refuseNext;
    fake.refuseNext = null;
    // A line that begins with a dot came with one more.
    if (refusal === null)
      fake.mails.push({ from, to, text: lines.map((line) => line.replace(/^\.\./, '.')).join('\n') });
    say(refusal ?? '250 taken');
  };
  say('220 fake');
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (body === null) command(line);
      else if (line === '.') {
        ended(body);
        body = null;
      } else body.push(line);
    }
  });
}
