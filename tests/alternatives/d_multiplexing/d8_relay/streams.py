"""asyncio streams: two coroutines per pair, each copies one direction and waits in drain."""

import asyncio


def serve(listener, upstream):
    asyncio.run(main(listener, upstream))


async def copy(reader, writer):
    while data := await reader.read(32768):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def main(listener, upstream):
    async def relay(reader, writer):
        others = []
        try:
            far_reader, far_writer = await asyncio.open_connection(*upstream)
            others.append(far_writer)
            both = [
                asyncio.ensure_future(copy(reader, far_writer)),
                asyncio.ensure_future(copy(far_reader, writer)),
            ]
            try:
                await asyncio.gather(*both)
            finally:
                for task in both:
                    task.cancel()
        except OSError:
            writer.transport.abort()
            for other in others:
                other.transport.abort()
        finally:
            for one in (writer, *others):
                one.close()

    async with await asyncio.start_server(relay, sock=listener) as server:
        await server.serve_forever()
