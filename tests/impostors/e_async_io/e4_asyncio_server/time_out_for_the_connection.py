"""Puts the time-out on the whole connection: the busy are let go like the idle.

Caught by: test_every_message_starts_the_time_anew
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            await asyncio.wait_for(talk(reader, writer), idle_timeout)
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    async def talk(reader, writer):
        while data := await reader.read(65536):
            writer.write(data.upper())
            await writer.drain()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
