"""Asks every client every millisecond, where the loop would wake it.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while True:
                asked = asyncio.get_running_loop().time()
                reading = asyncio.ensure_future(reader.read(65536))
                while not reading.done():
                    if asyncio.get_running_loop().time() - asked > idle_timeout:
                        reading.cancel()
                        return
                    await asyncio.sleep(0.001)
                if not (data := reading.result()):
                    return
                writer.write(data.upper())
                await writer.drain()
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listener, backlog=1024)
    await server.serve_forever()
