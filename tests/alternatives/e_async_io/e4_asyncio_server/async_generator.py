"""An async generator of what comes, a deadline moved on instead of wait_for, and an exit stack that closes."""

import asyncio
import contextlib


async def pieces(reader, patience):
    """What a client says, piece by piece; ends when it says no more, or nothing for too long."""
    loop = asyncio.get_running_loop()
    alarm = None
    while True:
        alarm = loop.call_later(patience, reader.feed_eof)
        try:
            data = await reader.read(1 << 13)
        finally:
            alarm.cancel()
        if not data:
            return
        yield data


async def serve(listener, idle_timeout):
    async def converse(reader, writer):
        writer.transport.set_write_buffer_limits(0)
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(writer.close)
            stack.enter_context(contextlib.suppress(ConnectionError))
            said = await stack.enter_async_context(
                contextlib.aclosing(pieces(reader, idle_timeout))
            )
            async for data in said:
                writer.writelines([data.upper()])
                await writer.drain()

    server = await asyncio.start_server(converse, sock=listener, limit=1 << 13)
    async with server:
        await asyncio.get_running_loop().create_future()
