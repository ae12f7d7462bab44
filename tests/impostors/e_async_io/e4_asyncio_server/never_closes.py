"""Never closes its writer: whoever leaves keeps a socket open for good.

Caught by: test_sockets_of_clients_that_left_are_closed, test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import asyncio
import socket

KEPT = []


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                writer.write(data.upper())
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            KEPT.append(writer)

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
