"""Hands back what accept gives: a pair of connection and address.

Caught by: test_it_hands_back_the_connection
"""


def accept_meanwhile(listener, other_work):
    listener.setblocking(False)
    while True:
        try:
            pair = listener.accept()
        except BlockingIOError:
            other_work()
        else:
            pair[0].setblocking(False)
            return pair
