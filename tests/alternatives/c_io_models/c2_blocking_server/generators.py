"""One generator accepts the connections, another one the bytes; the server is two for loops."""


def connections(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        with connection:
            yield connection


def pieces(connection):
    try:
        yield from iter(lambda: connection.recv(10_000), b"")
    except OSError:
        return


def serve(listener):
    for connection in connections(listener):
        for piece in pieces(connection):
            try:
                connection.sendall(piece.upper())
            except OSError:
                break
