"""send in a loop over a memoryview, and a function per client that returns when it is gone."""


def send_all(connection, data):
    rest = memoryview(data)
    while rest:
        rest = rest[connection.send(rest) :]


def talk(connection):
    while True:
        data = connection.recv(4096)
        if not data:
            return
        send_all(connection, data.upper())


def serve(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except ConnectionError:
            continue
        try:
            talk(connection)
        except OSError:
            pass
        finally:
            connection.close()
