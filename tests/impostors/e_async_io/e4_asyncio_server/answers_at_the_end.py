"""Reads until end-of-file before it answers: whoever waits for an answer first waits for ever.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while data := await asyncio.wait_for(reader.read(), idle_timeout):
                writer.write(data.upper())
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
