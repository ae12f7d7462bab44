"""Switch between two functions by hand, with greenlets.

The lesson: katas/b_greenlets/b1_switch.md
"""

from typing import Any


def eat_and_play(name: str, log: Any) -> None:
    """Run two greenlets, "eat" and "play", that switch to each other after every line.

    `log` is anything with an `append`. It gets `"NAME eat 1"`, `"NAME play 1"`, `"NAME eat 2"`,
    `"NAME play 2"`, each from the greenlet that the line names. The name is handed over at each
    one's first switch only. On return both greenlets are dead.
    """
    # TODO: two inner functions, a greenlet for each, and one first switch.
    raise NotImplementedError


if __name__ == "__main__":

    class Printer:
        def append(self, line: str) -> None:
            print(line)

    eat_and_play("Ada", Printer())
