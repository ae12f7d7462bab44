"""Four threads take from one list and tell the loop with call_soon_threadsafe; the caller wakes up to beat."""

import asyncio
import contextvars
import threading
from collections import deque


async def run_blocking(tasks, heartbeat):
    loop = asyncio.get_running_loop()
    todo = deque(enumerate(tasks))
    results = [None] * len(todo)
    over = asyncio.Event()
    left = len(todo)

    def note(number, result):
        nonlocal left
        results[number] = result
        left -= 1
        if not left:
            over.set()

    def work(context):
        while True:
            try:
                number, task = todo.popleft()
            except IndexError:
                return
            try:
                result = context.copy().run(task)
            except Exception as error:
                result = error
            loop.call_soon_threadsafe(note, number, result)

    if not left:
        return []
    for _ in range(min(4, left)):
        threading.Thread(target=work, args=(contextvars.copy_context(),), daemon=True).start()
    while not over.is_set():
        heartbeat()
        try:
            await asyncio.wait_for(over.wait(), 0.05)
        except asyncio.TimeoutError:
            continue
    return results
