"""Puts the time-out on the first message only: who falls silent later is kept for ever.

Caught by: test_an_idle_client_is_let_go
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            first = True
            while data := await asyncio.wait_for(
                reader.read(65536), idle_timeout if first else None
            ):
                first = False
                writer.write(data.upper())
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
