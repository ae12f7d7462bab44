"""Holds a lock around each conversation: clients are served one after the other.

Caught by: test_silent_clients_hold_nobody_up, test_everybody_in_a_crowd_gets_their_own_answer
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    turn = asyncio.Lock()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            async with turn:
                while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                    writer.write(data.upper())
                    await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
