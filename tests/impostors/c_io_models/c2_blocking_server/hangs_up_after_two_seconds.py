"""Hangs up on whoever has said nothing for two seconds.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""


def serve(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        with connection:
            connection.settimeout(2)
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())
            except OSError:
                pass
