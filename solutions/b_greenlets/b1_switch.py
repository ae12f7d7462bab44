"""Switch between two functions by hand, with greenlets.

The lesson: katas/b_greenlets/b1_switch.md
"""

from typing import Any

from greenlet import greenlet


def eat_and_play(name: str, log: Any) -> None:
    """Run two greenlets, "eat" and "play", that switch to each other after every line.

    `log` is anything with an `append`. It gets `"NAME eat 1"`, `"NAME play 1"`, `"NAME eat 2"`,
    `"NAME play 2"`, each from the greenlet that the line names. The name is handed over at each
    one's first switch only. On return both greenlets are dead.
    """

    def eat(name: str) -> None:
        log.append(f"{name} eat 1")
        player.switch(name)
        log.append(f"{name} eat 2")
        player.switch()

    def play(name: str) -> None:
        log.append(f"{name} play 1")
        eater.switch()
        log.append(f"{name} play 2")

    eater = greenlet(eat)
    # Who ends goes on in its parent. Were that the caller, eat would hang in its last switch.
    player = greenlet(play, parent=eater)
    eater.switch(name)


if __name__ == "__main__":

    class Printer:
        def append(self, line: str) -> None:
            print(line)

    eat_and_play("Ada", Printer())
