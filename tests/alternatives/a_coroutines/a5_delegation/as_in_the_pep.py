"""The expansion that PEP 380 gives, nearly word for word: nested try statements."""

import sys


def delegate(subgenerator):
    _i = iter(subgenerator)
    try:
        _y = next(_i)
    except StopIteration as _e:
        _r = _e.value
    else:
        while 1:
            try:
                _s = yield _y
            except GeneratorExit as _e:
                try:
                    _m = _i.close
                except AttributeError:
                    pass
                else:
                    _m()
                raise _e
            except BaseException as _e:
                _x = sys.exc_info()
                try:
                    _m = _i.throw
                except AttributeError:
                    raise _e from None
                else:
                    try:
                        _y = _m(*_x)
                    except StopIteration as _e:
                        _r = _e.value
                        break
            else:
                try:
                    _y = next(_i) if _s is None else _i.send(_s)
                except StopIteration as _e:
                    _r = _e.value
                    break
    return _r
