"""A timer for each connection that is wound up with every byte, and asks again while something is unsent."""

import asyncio


class Conversation:
    def __init__(self, reader, writer, idle_timeout):
        self.reader, self.writer, self.patience = reader, writer, idle_timeout
        self.loop = asyncio.get_running_loop()
        self.timer = None
        self.over = False

    def wind_up(self):
        if self.timer:
            self.timer.cancel()
        self.timer = self.loop.call_later(self.patience, self.ring)

    def ring(self):
        self.timer = None
        if self.writer.transport.get_write_buffer_size():
            self.wind_up()
        else:
            self.writer.transport.abort()

    async def hold(self):
        self.wind_up()
        try:
            while True:
                data = await self.reader.read(1 << 15)
                if not data:
                    break
                self.writer.write(data.upper())
                await self.writer.drain()
                self.wind_up()
        except ConnectionError:
            pass
        finally:
            if self.timer:
                self.timer.cancel()
            self.over = True
            self.writer.close()


async def serve(listener, idle_timeout):
    async def connected(reader, writer):
        await Conversation(reader, writer, idle_timeout).hold()

    async with await asyncio.start_server(connected, sock=listener) as server:
        await server.serve_forever()
