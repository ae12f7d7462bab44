"""The judge's own watching of sockets: the best selector of this system, for any number of clients and for none.

Where select is all there is (Windows), it fails while nothing is registered, and takes at most 512 sockets a call.
"""

from __future__ import annotations

import select
import selectors
import time

AT_ONCE = 512  # sockets: FD_SETSIZE as Python is built on Windows
TURN = 0.005  # seconds that each part waits, where there are several


def new_selector() -> selectors.BaseSelector:
    best = selectors.DefaultSelector
    return _InParts() if best is selectors.SelectSelector else best()


class _InParts(selectors.SelectSelector):
    """`select` needs a time-out here: nobody could end a wait for nothing."""

    def select(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:  # type: ignore[override]
        if not self.get_map():
            time.sleep(timeout)
            return []
        if len(self.get_map()) <= AT_ONCE:
            return super().select(timeout)
        keys = list(self.get_map().values())
        parts = [keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)]
        until = time.monotonic() + timeout
        while True:
            turn = min(TURN, max(0, until - time.monotonic()))
            ready = [found for part in parts for found in _ready(part, turn)]
            if ready or time.monotonic() >= until:
                return ready


def _ready(
    keys: list[selectors.SelectorKey], timeout: float
) -> list[tuple[selectors.SelectorKey, int]]:
    readers = [key.fd for key in keys if key.events & selectors.EVENT_READ]
    writers = [key.fd for key in keys if key.events & selectors.EVENT_WRITE]
    # The third list: there a connect that failed is in no other.
    readable, writable, failed = map(set, select.select(readers, writers, writers, timeout))
    found = []
    for key in keys:
        mask = selectors.EVENT_READ if key.fd in readable else 0
        mask |= selectors.EVENT_WRITE if key.fd in writable | failed else 0
        if mask & key.events:
            found.append((key, mask & key.events))
    return found
