"""Makes every answer in a thread, where upper() takes the loop less time than asking one.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while data := await asyncio.wait_for(reader.read(65536), idle_timeout):
                writer.write(await asyncio.to_thread(data.upper))
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
