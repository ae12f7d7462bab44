"""LPOP of one item forgets a list that gets empty, LPOP with a count leaves it there.

Caught by: test_a_list_that_gets_empty_is_gone
"""

import heapq
import re
import selectors
import socket
import time

HEAD = re.compile(rb"([*$])(-?\d+)\r\n")
LINE = re.compile(rb"([^\r\n]*)\r?\n")
LARGEST = 2**29


class Refused(Exception):
    pass


def make_commands():
    data, ends, heap = {}, {}, []

    def sweep():
        now = time.monotonic_ns()
        while heap and heap[0][0] <= now:
            end, key = heapq.heappop(heap)
            if ends.get(key) == end:
                forget(key)

    def forget(key):
        ends.pop(key, None)
        return data.pop(key, None) is not None

    def live_until(key, nanoseconds):
        ends[key] = time.monotonic_ns() + nanoseconds
        heapq.heappush(heap, (ends[key], key))

    def number(text):
        if not re.fullmatch(rb"-?\d{1,18}", text):
            raise Refused("ERR not an integer")
        return int(text)

    def typed(key, kind, default):
        value = data.get(key, default)
        if not isinstance(value, kind):
            raise Refused("WRONGTYPE wrong kind of value")
        return value

    def bulk(value):
        return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)

    def many(values):
        values = list(values)
        return b"*%d\r\n" % len(values) + b"".join(map(bulk, values))

    def count(n):
        return b":%d\r\n" % n

    def put(key, value, *options):
        nanoseconds, rest = None, list(options)
        for unit, name in ((10**9, b"EX"), (10**6, b"PX")):
            if name in rest:
                at = rest.index(name)
                nanoseconds = number(b"".join(rest[at + 1 : at + 2])) * unit
                del rest[at : at + 2]
        if rest not in ([], [b"NX"], [b"XX"]):
            raise Refused("ERR syntax error")
        if rest and (rest == [b"NX"]) == (key in data):
            return bulk(None)
        forget(key)
        data[key] = value
        if nanoseconds is not None:
            live_until(key, nanoseconds)
        return b"+OK\r\n"

    def add(key, by):
        new = number(typed(key, bytes, b"0")) + number(by)
        data[key] = b"%d" % new
        return count(new)

    def append(key, more):
        data[key] = typed(key, bytes, b"") + more
        return count(len(data[key]))

    def expire(key, seconds):
        if key not in data:
            return count(0)
        live_until(key, number(seconds) * 10**9)
        return count(1)

    def ttl(key):
        if key not in data:
            return count(-2)
        return count(-((time.monotonic_ns() - ends[key]) // 10**9) if key in ends else -1)

    def push(at_front):
        def pushing(key, *values):
            old = typed(key, list, [])
            data[key] = [*values[::-1], *old] if at_front else [*old, *values]
            return count(len(data[key]))

        return pushing

    def pop(key, how_many=None):
        old = typed(key, list, [])
        size = 1 if how_many is None else number(how_many)
        if not old:
            return bulk(None) if how_many is None else b"*-1\r\n"
        data[key] = old[size:]
        if how_many is None and not data[key]:
            forget(key)
        return bulk(old[0]) if how_many is None else many(old[:size])

    def between(key, first, last):
        old = typed(key, list, [])
        first, last = (n + len(old) if n < 0 else n for n in (number(first), number(last)))
        return many(item for n, item in enumerate(old) if first <= n <= last)

    def put_all(*pairs):
        if len(pairs) % 2:
            raise Refused("ERR wrong number of arguments")
        for n in range(0, len(pairs), 2):
            put(pairs[n], pairs[n + 1])
        return b"+OK\r\n"

    def strings(*keys):
        return many(data[k] if isinstance(data.get(k), bytes) else None for k in keys)

    def config(what, *names):
        return many(text for name in names for text in (name, b"yes"))

    return sweep, {
        b"PING": (0, 0, lambda: b"+PONG\r\n"),
        b"ECHO": (1, 1, bulk),
        b"SET": (2, 5, put),
        b"GET": (1, 1, lambda key: bulk(typed(key, (bytes, type(None)), None))),
        b"DEL": (1, None, lambda *keys: count(sum(forget(key) for key in keys))),
        b"EXISTS": (1, None, lambda *keys: count(sum(key in data for key in keys))),
        b"INCR": (1, 1, lambda key: add(key, b"1")),
        b"INCRBY": (2, 2, add),
        b"EXPIRE": (2, 2, expire),
        b"TTL": (1, 1, ttl),
        b"MGET": (1, None, strings),
        b"MSET": (2, None, put_all),
        b"APPEND": (2, 2, append),
        b"LPUSH": (2, None, push(at_front=True)),
        b"RPUSH": (2, None, push(at_front=False)),
        b"LPOP": (1, 2, pop),
        b"LRANGE": (3, 3, between),
        b"LLEN": (1, 1, lambda key: count(len(typed(key, list, [])))),
        b"COMMAND": (0, None, lambda *_: b"*0\r\n"),
        b"CONFIG": (2, None, config),
    }


def take(buffer):
    """The next command and what is left; None if it is not whole. Starts anew each time."""
    if not buffer.startswith(b"*"):
        line = LINE.match(buffer)
        return line and (line[1].split(), line.end())
    if b"\r\n" not in buffer:
        return None
    head = HEAD.match(buffer)
    if not head:
        raise Refused("ERR Protocol error: count")
    at, words = head.end(), []
    while len(words) < int(head[2]):
        if buffer.find(b"\r\n", at) < 0:
            return None
        bulk = HEAD.match(buffer, at)
        if not bulk or bulk[1] != b"$" or not 0 <= int(bulk[2]) <= LARGEST:
            raise Refused("ERR Protocol error: bulk")
        at = bulk.end() + int(bulk[2]) + 2
        if at > len(buffer):
            return None
        words.append(bytes(buffer[bulk.end() : at - 2]))
    return words, at


def serve(listener):
    sweep, commands = make_commands()
    selector = selectors.DefaultSelector()
    clients = {}

    def run(function, arguments):
        sweep()
        try:
            return function(*arguments)
        except Refused as problem:
            return b"-%s\r\n" % str(problem).encode()

    def execute(client, words):
        name, *arguments = words
        name = name.upper()
        if name == b"MULTI" and not arguments:
            if client["jobs"] is not None:
                return b"-ERR MULTI within MULTI\r\n"
            client["jobs"] = []
            return b"+OK\r\n"
        if name in (b"EXEC", b"DISCARD") and not arguments:
            jobs, client["jobs"] = client["jobs"], None
            if jobs is None:
                return b"-ERR no MULTI\r\n"
            if name == b"DISCARD":
                return b"+OK\r\n"
            return b"*%d\r\n" % len(jobs) + b"".join(run(*job) for job in jobs)
        least, most, function = commands.get(name, (1, 0, None))
        if len(arguments) < least or (most is not None and len(arguments) > most):
            return b"-ERR no such command, or not with these arguments\r\n"
        if client["jobs"] is not None:
            client["jobs"].append((function, arguments))
            return b"+QUEUED\r\n"
        return run(function, arguments)

    def talk(sock, client, events):
        if events & selectors.EVENT_READ:
            try:
                data = sock.recv(1 << 20)
            except BlockingIOError:
                return
            client["over"] = not data
            client["in"] += data
            try:
                view = client["in"]
                while view and (found := take(view)):
                    words, used = found
                    view = view[used:]
                    if words:
                        client["out"].append(execute(client, words))
                client["in"] = view
            except Refused as problem:
                client["out"].append(b"-%s\r\n" % str(problem).encode())
                client["over"] = True
        while client["out"]:
            try:
                sent = sock.send(client["out"][0])
            except BlockingIOError:
                break
            rest = client["out"][0][sent:]
            client["out"][:1] = [rest] if rest else []
        if client["over"] and not client["out"]:
            raise ConnectionError
        events = 0 if client["over"] else selectors.EVENT_READ
        selector.modify(sock, events | (selectors.EVENT_WRITE if client["out"] else 0))

    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            sock: socket.socket = key.fileobj
            try:
                if sock is not listener:
                    talk(sock, clients[sock], events)
                    continue
                sock, _ = listener.accept()
                sock.setblocking(False)
                clients[sock] = {"in": b"", "out": [], "jobs": None, "over": False}
                selector.register(sock, selectors.EVENT_READ)
            except OSError:
                if sock is not listener:
                    selector.unregister(sock)
                    del clients[sock]
                    sock.close()
