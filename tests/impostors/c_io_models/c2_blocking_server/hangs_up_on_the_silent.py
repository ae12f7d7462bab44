"""Gives a client a fifth of a second to speak, and hangs up on whoever takes longer.

Caught by: test_a_second_client_waits_until_the_first_has_left
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(0.2)
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())
            except OSError:
                pass
