"""Coroutines on an event loop."""

import asyncio


async def hello(address, number):
    message = f"{number} hello".encode()
    try:
        reader, writer = await asyncio.open_connection(*address)
        try:
            writer.write(message)
            return (await reader.readexactly(len(message))).decode()
        finally:
            writer.close()
    except (OSError, asyncio.IncompleteReadError) as error:
        raise ConnectionError(f"client={number} {type(error).__name__}") from error


async def everybody(address, clients):
    return await asyncio.gather(*(hello(address, number) for number in range(clients)))


def say_hello(address, clients):
    return asyncio.run(everybody(address, clients))
