"""drain returns while 64 KiB are unsent, and their reader is taken for idle.

Caught by: test_a_stalled_reader_of_a_little_is_not_idle
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                writer.write(data.upper())
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
