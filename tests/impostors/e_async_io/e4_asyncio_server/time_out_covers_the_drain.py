"""Lets the time-out run while an answer is being sent: a slow reader is taken for idle.

Caught by: test_a_stalled_reader_is_not_idle
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while await asyncio.wait_for(turn(reader, writer), idle_timeout):
                pass
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    async def turn(reader, writer):
        data = await reader.read(65536)
        writer.write(data.upper())
        await writer.drain()
        return data

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
