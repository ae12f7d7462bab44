"""asyncio streams: a coroutine per client, and the transport's own buffer is the backlog."""

import asyncio


def serve(listener, max_line=1024, max_backlog=65536):
    asyncio.run(main(listener, max_line, max_backlog))


async def main(listener, max_line, max_backlog):
    writers = {}

    def tell(line, but=None):
        slow = []
        for nick, writer in writers.items():
            if nick != but:
                writer.write(line)
                if writer.transport.get_write_buffer_size() > max_backlog:
                    slow.append(nick)
        for nick in slow:
            leave(nick, writers.get(nick))

    def leave(nick, writer):
        if writer is not None and writers.get(nick) is writer:
            del writers[nick]
            writer.transport.abort()
            tell(b"* " + nick + b" left\n")

    async def lines(reader, writer):
        pending = b""
        while data := await reader.read(4096):
            pending += data
            while True:
                line, newline, rest = pending.partition(b"\n")
                if line.endswith(b"\r"):
                    line = line[:-1]
                if len(line) > max_line:
                    writer.write(b"LINE TOO LONG\n")
                    return
                if not newline:
                    break
                pending = rest
                yield line

    async def talk(reader, writer):
        nick = None
        try:
            async for line in lines(reader, writer):
                if nick is not None:
                    tell(nick + b": " + line + b"\n", nick)
                elif not line or b" " in line:
                    writer.write(b"BAD NICK\n")
                    break
                elif line in writers:
                    writer.write(b"NICK TAKEN\n")
                    break
                else:
                    nick = line
                    writers[nick] = writer
                    tell(b"* " + nick + b" joined\n", nick)
                if nick is not None and writers.get(nick) is not writer:
                    break
        except OSError:
            pass
        finally:
            if nick is not None and writers.get(nick) is writer:
                del writers[nick]
                tell(b"* " + nick + b" left\n")
            writer.close()

    async with await asyncio.start_server(talk, sock=listener) as server:
        await server.serve_forever()
