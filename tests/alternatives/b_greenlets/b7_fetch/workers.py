"""`limit` workers take addresses from a queue; a second greenlet kills the request that is late."""

from gevent import monkey

monkey.patch_all()

import queue  # noqa: E402
from urllib import request  # noqa: E402

import gevent  # noqa: E402


class Job(gevent.Greenlet):
    def __init__(self, url):
        super().__init__()
        self.url, self.answer = url, None

    def _run(self):
        opener = request.build_opener()
        opener.addheaders = [("User-Agent", "worker/1.0")]
        try:
            with opener.open(request.Request(self.url)) as response:
                pieces = iter(lambda: response.read(1000), b"")
                self.answer = b"".join(pieces)
        except Exception as error:
            self.answer = error


def fetch_all(urls, limit, timeout):
    waiting, answers = queue.Queue(), {}
    for url in sorted(set(urls)):
        waiting.put(url)

    def work():
        while True:
            try:
                job = Job(waiting.get_nowait())
            except queue.Empty:
                return
            job.start()
            job.join(timeout)
            if not job.ready():
                job.kill()
                job.answer = TimeoutError(job.url)
            answers[job.url] = job.answer

    gevent.joinall([gevent.spawn(work) for _ in range(limit)])
    return answers
