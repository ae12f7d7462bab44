"""Runs one kata file as a script, in a process of its own: `python rehearsal.py FILE [ARGUMENT…]`.

What a plain `python FILE` does, but a stub's NotImplementedError and Ctrl-C end it with a status of
their own in place of a traceback. As little as possible is imported before the kata: gevent's patch
must be the first thing in its program.
"""

import os
import sys

NOT_WRITTEN = 103  # unlikely as a kata's own exit status
STOPPED = 104


def main():
    sys.argv = sys.argv[1:]
    file = sys.argv[0]
    sys.path[0] = os.path.dirname(file)
    sys.excepthook = _without_these_frames
    module = type(sys)("__main__")
    module.__file__ = file
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    with open(file, "rb") as source:
        code = compile(source.read(), file, "exec", dont_inherit=True)
    try:
        exec(code, module.__dict__)
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except NotImplementedError as error:
        if _innermost_file(error.__traceback__) != file:
            raise
        sys.exit(NOT_WRITTEN)


def _innermost_file(trace):
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename


def _without_these_frames(kind, error, trace):
    """The exception hook: the traceback begins in the kata."""
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)


if __name__ == "__main__":
    main()
