"""Callbacks on libuv: an asyncio Protocol on uvloop, with backpressure."""

import asyncio

import uvloop


class Answer(asyncio.Protocol):
    __slots__ = ("transport",)

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data.upper())

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


def serve(listener):
    async def main():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Answer, sock=listener)
        await server.serve_forever()

    uvloop.new_event_loop().run_until_complete(main())
