"""Its own accept loop and a task for each client, on streams made by hand."""

import asyncio


async def serve(listener, idle_timeout):
    loop = asyncio.get_running_loop()
    listener.setblocking(False)
    tasks = set()
    while True:
        try:
            client, _ = await loop.sock_accept(listener)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        task = loop.create_task(talk(client, idle_timeout))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def talk(client, idle_timeout):
    reader, writer = await asyncio.open_connection(sock=client, limit=1 << 14)
    writer.transport.set_write_buffer_limits(low=0, high=0)
    try:
        while True:
            reading = asyncio.ensure_future(reader.read(1 << 14))
            done, _ = await asyncio.wait([reading], timeout=idle_timeout)
            if not done:
                reading.cancel()
                break
            if not (data := reading.result()):
                break
            writer.write(data.upper())
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
