// A server that takes requests and never answers: what it sees of the connection is all there is.

import { once } from 'node:events';
import { createServer } from 'node:net';

export async function startHolding() {
  const sockets = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const held = { closed: once(socket, 'close') };
    sockets.push(held);
    // A call that is over before its connection stands sends nothing on it, and is nobody's request.
    socket.once('data', () => server.emit('held', held));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    options: { baseUrl: `http://127.0.0.1:${server.address().port}`, apiKey: 'attest_key_held' },
    sockets,
    /** The connection of the next request. */
    async request() {
      const [held] = await once(server, 'held');
      return held;
    },
    stop() {
      server.close();
    },
  };
}
