"""Writes without ever waiting for the drain: what a slow reader leaves piles up in memory.

Caught by: test_twenty_stalled_readers_cost_less_than_a_mebibyte_each
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                writer.write(data.upper())
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
