"""Takes turns with generators: they run on the caller's own stack, and no greenlet exists.

Caught by: test_exactly_two_greenlets_do_the_work
"""


def eat_and_play(name, log):
    def eat():
        log.append(f"{name} eat 1")
        yield
        log.append(f"{name} eat 2")
        yield

    def play():
        log.append(f"{name} play 1")
        yield
        log.append(f"{name} play 2")
        yield

    for _turn in zip(eat(), play(), strict=True):
        pass
