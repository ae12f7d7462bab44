"""`about(2, not_=4)`: a clock's reading that lies nearer to the right way than to the wrong one."""

from __future__ import annotations

CLOCK_TICK = (
    0.02  # seconds; Windows' clock moves in steps of 15.6 ms, so a nap may seem that much short
)


class about:
    """Equals every number of seconds from `seconds` on that is nearer to it than to `not_`, the wrong way's time."""

    def __init__(self, seconds: float, *, not_: float):
        self.seconds, self.wrong = seconds, not_
        self.line = (seconds + not_) / 2

    def __eq__(self, measured: object) -> bool:
        if not isinstance(measured, (int, float)):
            return NotImplemented
        if measured < self.seconds - CLOCK_TICK:
            return False
        return measured < self.line if self.wrong > self.seconds else True

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"about {self.seconds:g}"

    def explain(self, measured: float) -> list[str]:
        """For the failure report."""
        return [
            f"took {measured:.1f} s, expected about {self.seconds:g} s",
        ]
