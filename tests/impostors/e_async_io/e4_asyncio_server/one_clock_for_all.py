"""One clock for all: while anybody speaks, the silent are not let go.

Caught by: test_every_message_starts_the_time_anew
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    loop = asyncio.get_running_loop()
    last_word = loop.time()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal last_word
        # Drained shall mean sent. By default drain is content while up to 64 KiB are still unsent,
        # and a client that reads slowly would be taken for an idle one.
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while True:
                reading = asyncio.ensure_future(reader.read(65536))
                while not (await asyncio.wait([reading], timeout=idle_timeout))[0]:
                    if loop.time() - last_word >= idle_timeout:
                        reading.cancel()
                        return
                if not (data := reading.result()):
                    return
                last_word = loop.time()
                writer.write(data.upper())
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass  # it vanished, or it was idle
        finally:
            writer.close()

    # start_server listens anew, with a backlog of 100 unless it is told.
    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
