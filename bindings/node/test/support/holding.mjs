// A server that takes requests and never answers: what it sees of the connection is all there is.

import { once } from 'node:events';
import { createServer } from 'node:net';

export async function startHolding() {
  const sockets = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const held = { requested: once(socket, 'data'), closed: once(socket, 'close') };
    socket.resume();
    sockets.push(held);
    server.emit('held', held);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    options: { baseUrl: `http://127.0.0.1:${server.address().port}`, apiKey: 'attest_key_held' },
    sockets,
    /** The next connection, once its request has come. */
    async request() {
      const [held] = await once(server, 'held');
      await held.requested;
      return held;
    },
    stop() {
      server.close();
    },
  };
}
