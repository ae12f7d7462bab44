"""Sends with a time-out: a client that stops reading for a while loses its answer.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.settimeout(0.2)
                    connection.sendall(data.upper())
                    connection.settimeout(None)
            except OSError:
                pass
