"""All clients are read in one task, each only when the one before has spoken.

Caught by: test_silent_clients_hold_nobody_up
"""

import asyncio
import socket


async def serve(listener: socket.socket, idle_timeout: float) -> None:

    clients = []

    async def accept(reader, writer):
        clients.append((reader, writer))

    await asyncio.start_server(accept, sock=listener, backlog=1024)
    while True:
        for pair in list(clients):
            reader, writer = pair
            try:
                data = await asyncio.wait_for(reader.read(65536), idle_timeout)
                writer.write(data.upper())
                await writer.drain()
            except (OSError, asyncio.TimeoutError):
                data = b""
            if not data:
                writer.close()
                clients.remove(pair)
        await asyncio.sleep(0 if clients else 0.01)
