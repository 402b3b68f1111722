export { connectRemote, type RemoteConnection, type RemoteWaits } from './connect-remote.ts';
export { encodeFrame, FrameReader, frameBytesMax } from './frames.ts';
export { fromSentError, type SentError, toSentError } from './protocol.ts';
export { type RemoteMethods, type RemoteServer, serveRemote } from './serve-remote.ts';
