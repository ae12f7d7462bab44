"""Asks again and again whether something has come, instead of letting recv wait for it.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""


def receive(connection):
    connection.setblocking(False)
    try:
        while True:
            try:
                return connection.recv(65536)
            except BlockingIOError:
                continue
    finally:
        connection.setblocking(True)


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := receive(connection):
                    connection.sendall(data.upper())
            except OSError:
                pass
