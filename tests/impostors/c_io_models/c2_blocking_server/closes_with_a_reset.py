"""Closes with a reset, to leave no TIME_WAIT: what is still under way to the client is lost.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import os
import socket
import struct

RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())
            except OSError:
                pass
