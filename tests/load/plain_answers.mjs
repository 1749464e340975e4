// The limit of a GET that the client has: a server of one thread that answers every request with the same bytes from memory, knows no keys, reads no
// file and decrypts nothing. Prints its address and serves until it is ended.
//
//   node plain_answers.mjs BYTES
import crypto from "node:crypto";
import net from "node:net";

const body = crypto.randomBytes(Number(process.argv[2]));
const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nETag: "x"\r\n\r\n`);
const end = Buffer.from("\r\n\r\n");

const server = net.createServer({ noDelay: true }, (socket) => {
  let waiting = Buffer.alloc(0), uploading = 0;
  socket.on("error", () => {});
  socket.on("data", (piece) => {
    // What the client uploads before it measures is dropped.
    const dropped = Math.min(uploading, piece.length);
    uploading -= dropped;
    if (dropped > 0 && uploading === 0) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    if (dropped === piece.length) return;
    waiting = Buffer.concat([waiting, piece.subarray(dropped)]);
    const at = waiting.indexOf(end);
    if (at < 0) return;
    const request = waiting.subarray(0, at).toString("latin1"), rest = waiting.subarray(at + end.length);
    waiting = Buffer.alloc(0);
    if (!request.startsWith("PUT")) {
      socket.write(head);
      socket.write(body);
      return;
    }
    uploading = Number(/content-length: (\d+)/i.exec(request)[1]) - rest.length;
    if (uploading === 0) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
