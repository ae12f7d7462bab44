"""Lets asyncio's event loop do it: it has a selector inside, but the loop and the callbacks are its own.

Caught by: test_it_uses_the_selectors_module
"""

import asyncio


class Upper(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data.upper())

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()

    def eof_received(self):
        return False


async def main(listener):
    server = await asyncio.get_running_loop().create_server(Upper, sock=listener)
    await server.serve_forever()


def serve(listener):
    asyncio.run(main(listener))
