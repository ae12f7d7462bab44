"""A coroutine per client: asyncio's streams, with backpressure."""

import asyncio


async def answer(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data.upper())
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def serve(listener):
    async def main():
        server = await asyncio.start_server(answer, sock=listener)
        await server.serve_forever()

    asyncio.run(main())
