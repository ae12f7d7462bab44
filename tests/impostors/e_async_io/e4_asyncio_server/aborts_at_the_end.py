"""At end-of-file it aborts the connection, and what is unsent is lost.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                writer.write(data.upper())
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
