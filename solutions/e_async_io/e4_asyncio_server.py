"""A thousand clients on asyncio's streams, and none that costs more than it should.

The lesson: katas/e_async_io/e4_asyncio_server.md
"""

import asyncio
import contextlib
import socket
import sys


async def serve(listener: socket.socket, idle_timeout: float) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening TCP socket. `serve` never returns. Whatever a client does ends
    only itself. One that ends its sending side gets its whole answer, then end-of-file. One whose
    bytes were waited for during `idle_timeout` seconds, with nothing unsent to it, is let go; one
    that does not read its answers is not idle, and costs a bounded amount of memory.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Drained shall mean sent. By default drain is content while up to 64 KiB are still unsent,
        # and a client that reads slowly would be taken for an idle one.
        writer.transport.set_write_buffer_limits(high=0)
        # However it ends, close sends what is unsent, and then closes. Who vanished raises an OSError.
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.TimeoutError):
            while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                writer.write(data.upper())
                await writer.drain()

    # start_server listens anew, with a backlog of 100 unless it is told.
    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8085
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, Ctrl-C ends it; try: nc 127.0.0.1 {port}", flush=True)
    print("who says nothing for 10 seconds is let go", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(listener, idle_timeout=10))
    print("\nstopped")
