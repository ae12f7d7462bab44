"""Gives each client a task of asyncio, with its streams and their buffers.

Caught by: test_a_client_costs_less_than_a_kibibyte
"""

import asyncio


async def talk(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data.upper())
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main(listener):
    server = await asyncio.start_server(talk, sock=listener)
    await server.serve_forever()


def serve(listener):
    asyncio.run(main(listener))
