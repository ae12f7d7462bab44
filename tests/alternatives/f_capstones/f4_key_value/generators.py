"""A generator per client reads as if it blocked; keys hold pairs of value and end; methods are found by name."""

import contextlib
import inspect
import selectors
import time
from selectors import EVENT_READ, EVENT_WRITE

MAX_BULK = 512 * 1024 * 1024


class Wrong(Exception):
    pass


class Simple(str):
    pass


def encode(value):
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, Wrong):
        return b"-" + str(value).encode() + b"\r\n"
    if isinstance(value, Simple):
        return b"+" + value.encode() + b"\r\n"
    if isinstance(value, int):
        return f":{value}\r\n".encode()
    if isinstance(value, bytes):
        return f"${len(value)}\r\n".encode() + value + b"\r\n"
    return f"*{len(value)}\r\n".encode() + b"".join(map(encode, value))


def integer(text):
    try:
        return int(text.decode("ascii"))
    except ValueError:
        raise Wrong("ERR value is not an integer") from None


class Keys:
    def __init__(self):
        self.all = {}

    def look(self, key, kind=None):
        value, end = self.all.get(key, (None, None))
        if end is not None and time.time() >= end:
            del self.all[key]
            return None
        if value is not None and kind and not isinstance(value, kind):
            raise Wrong("WRONGTYPE this key holds something else")
        return value

    def change(self, key, value):
        self.all[key] = (value, self.all.get(key, (None, None))[1])

    def do_ping(self):
        return Simple("PONG")

    def do_echo(self, text):
        return text

    def do_get(self, key):
        return self.look(key, bytes)

    def do_set(self, key, value, *options):
        end, options = None, [option.upper() for option in options]
        there = self.look(key) is not None
        while options:
            option = options.pop(0)
            if option in (b"EX", b"PX") and options:
                unit = 1 if option == b"EX" else 1000
                try:
                    end = time.time() + integer(options.pop(0)) / unit
                except OverflowError:
                    raise Wrong("ERR invalid expire time") from None
            elif (option == b"NX" and there) or (option == b"XX" and not there):
                return None
            elif option not in (b"NX", b"XX"):
                raise Wrong("ERR syntax error")
        self.all[key] = (value, end)
        return Simple("OK")

    def do_del(self, key, *more):
        there = [k for k in dict.fromkeys((key, *more)) if self.look(k) is not None]
        for k in there:
            del self.all[k]
        return len(there)

    def do_exists(self, key, *more):
        return [self.look(k) is not None for k in (key, *more)].count(True)

    def do_incr(self, key):
        return self.do_incrby(key, b"1")

    def do_incrby(self, key, by):
        number = integer(self.look(key, bytes) or b"0") + integer(by)
        self.change(key, str(number).encode())
        return number

    def do_expire(self, key, seconds):
        value = self.look(key)
        if value is None:
            return 0
        try:
            self.all[key] = (value, time.time() + integer(seconds))
        except OverflowError:
            raise Wrong("ERR invalid expire time") from None
        return 1

    def do_ttl(self, key):
        if self.look(key) is None:
            return -2
        end = self.all[key][1]
        return -1 if end is None else int(end - time.time())

    def do_mget(self, key, *more):
        values = [self.look(k) for k in (key, *more)]
        return [value if isinstance(value, bytes) else None for value in values]

    def do_mset(self, key, value, *more):
        if len(more) % 2:
            raise Wrong("ERR wrong number of arguments for MSET")
        pairs = iter((key, value, *more))
        for name in pairs:
            self.do_set(name, next(pairs))
        return Simple("OK")

    def do_append(self, key, text):
        value = (self.look(key, bytes) or b"") + text
        self.change(key, value)
        return len(value)

    def do_lpush(self, key, item, *more):
        value = [*more[::-1], item, *(self.look(key, list) or [])]
        self.change(key, value)
        return len(value)

    def do_rpush(self, key, item, *more):
        value = self.look(key, list) or []
        value += [item, *more]
        self.change(key, value)
        return len(value)

    def do_lpop(self, key):
        value = self.look(key, list)
        if not value:
            return None
        item = value.pop(0)
        if not value:
            del self.all[key]
        return item

    def do_lrange(self, key, first, last):
        value = self.look(key, list) or []
        first, last = integer(first), integer(last)
        first = max(first + len(value), 0) if first < 0 else first
        last = last + len(value) if last < 0 else last
        return value[first : max(last + 1, 0)]

    def do_llen(self, key):
        return len(self.look(key, list) or [])

    def do_command(self, *_):
        return []

    def do_config(self, verb, *names):
        if verb.upper() != b"GET":
            raise Wrong("ERR read only")
        return [text for name in names for text in (name, b"")]


TABLE = {
    name[3:].upper().encode(): (function, inspect.signature(function))
    for name, function in vars(Keys).items()
    if name.startswith("do_")
}


def line(buffer):
    while (end := buffer.find(b"\r\n")) < 0:
        buffer += yield
    text = bytes(buffer[:end])
    del buffer[: end + 2]
    return text


def number(text):
    try:
        return int(text)
    except ValueError:
        raise Wrong("ERR Protocol error") from None


def client(keys, reply):
    """Yields for more bytes; replies as it goes."""
    buffer, queue = bytearray(), None
    while True:
        head = yield from line(buffer)
        if head[:1] != b"*":
            words = head.split()
        else:
            words = []
            for _ in range(number(head[1:])):
                head = yield from line(buffer)
                if head[:1] != b"$" or not 0 <= (size := number(head[1:])) <= MAX_BULK:
                    raise Wrong("ERR Protocol error")
                while len(buffer) < size + 2:
                    buffer += yield
                words.append(bytes(buffer[:size]))
                del buffer[: size + 2]
        if not words:
            continue
        name, arguments = words[0].upper(), words[1:]
        if name in (b"MULTI", b"EXEC", b"DISCARD"):
            if (name == b"MULTI") != (queue is None):
                reply(Wrong("ERR not now"))
            elif name == b"EXEC":
                reply([run(keys, *job) for job in queue])
                queue = None
            else:
                queue = [] if name == b"MULTI" else None
                reply(Simple("OK"))
        elif queue is not None:
            queue.append((name, arguments))
            reply(Simple("QUEUED"))
        else:
            reply(run(keys, name, arguments))


def run(keys, name, arguments):
    if name not in TABLE:
        return Wrong("ERR never heard of it")
    function, signature = TABLE[name]
    try:
        signature.bind(keys, *arguments)
    except TypeError:
        return Wrong("ERR wrong number of arguments")
    try:
        return function(keys, *arguments)
    except Wrong as problem:
        return problem


def serve(listener):
    keys, selector = Keys(), selectors.DefaultSelector()

    def talk(sock):
        out, over = bytearray(), False
        routine = client(keys, lambda value: out.extend(encode(value)))
        next(routine)
        try:
            while out or not over:
                selector.modify(
                    sock, (0 if over else EVENT_READ) | (EVENT_WRITE if out else 0), me[sock]
                )
                events = yield
                if events & EVENT_READ:
                    data = sock.recv(1 << 18)
                    try:
                        over = not data
                        if data:
                            routine.send(data)
                    except Wrong as problem:
                        out += encode(problem)
                        over = True
                if out:
                    with contextlib.suppress(BlockingIOError):
                        del out[: sock.send(out)]
        except OSError:
            pass
        selector.unregister(sock)
        del me[sock]
        sock.close()

    me = {}
    listener.setblocking(False)
    selector.register(listener, EVENT_READ)
    while True:
        for key, events in selector.select():
            if key.data is None:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    continue
                sock.setblocking(False)
                me[sock] = talk(sock)
                selector.register(sock, EVENT_READ, me[sock])
                next(me[sock])
            else:
                with contextlib.suppress(StopIteration):
                    key.data.send(events)
