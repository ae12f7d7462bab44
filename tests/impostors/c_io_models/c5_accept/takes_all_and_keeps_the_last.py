"""Accepts until nobody is left, and hands back the last one: the others are lost.

Caught by: test_it_hands_back_the_connection
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    connection = None
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            if connection:
                connection.setblocking(False)
                return connection
            other_work()
