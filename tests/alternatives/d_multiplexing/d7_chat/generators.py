"""A generator per client takes the pieces that were received; select.select, and all is written in one place."""

import select


def lines(max_line):
    """Takes pieces, gives the lines in each; raises ValueError for one that is too long."""
    pending, found = bytearray(), []
    while True:
        pending += yield found
        found = []
        while (end := pending.find(b"\n")) >= 0:
            line = bytes(pending[:end])
            del pending[: end + 1]
            found.append(line[:-1] if line[-1:] == b"\r" else line)
        found.append(bytes(pending)) if len(pending) > max_line + 1 else None


def serve(listener, max_line=1024, max_backlog=65536):
    listener.setblocking(False)
    splitters, nicks, unsent, doomed = {}, {}, {}, []

    def tell(line, speaker=None):
        for sock in nicks:
            if sock is not speaker:
                unsent[sock] += line

    def write(sock):
        try:
            del unsent[sock][: sock.send(unsent[sock])]
        except BlockingIOError:
            pass
        except OSError:
            doomed.append(sock)
        if len(unsent[sock]) > max_backlog:
            doomed.append(sock)

    def refuse(sock, word):
        unsent[sock] += word + b"\n"
        write(sock)
        bury(sock)

    def bury(sock):
        if sock in splitters:
            del splitters[sock], unsent[sock]
            nick = nicks.pop(sock, None)
            sock.close()
            if nick is not None:
                tell(b"* %b left\n" % nick)

    def take(sock, line):
        if len(line) > max_line:
            refuse(sock, b"LINE TOO LONG")
        elif sock in nicks:
            tell(nicks[sock] + b": " + line + b"\n", sock)
        elif b" " in line or line == b"":
            refuse(sock, b"BAD NICK")
        elif line in nicks.values():
            refuse(sock, b"NICK TAKEN")
        else:
            nicks[sock] = line
            tell(b"* %b joined\n" % line, sock)

    while True:
        waiting = [sock for sock in unsent if unsent[sock]]
        readable, _writable, _ = select.select([listener, *splitters], waiting, [])
        for sock in readable:
            if sock is listener:
                try:
                    client, _ = listener.accept()
                except OSError:
                    continue
                client.setblocking(False)
                splitters[client] = lines(max_line)
                next(splitters[client])
                unsent[client] = bytearray()
                continue
            if sock not in splitters:
                continue
            try:
                data = sock.recv(4000)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            for line in splitters[sock].send(data) if data else ():
                if sock in splitters:
                    take(sock, line)
            if not data:
                bury(sock)
        for sock in list(unsent):
            if unsent[sock]:
                write(sock)
        while doomed:
            bury(doomed.pop())
