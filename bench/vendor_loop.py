"""The loop that scripts are made of: `python bench/vendor_loop.py URL FOLDER`.

Four threads. Each uploads a recording, looks each half second (5 s of a service that is ten times as slow) until
it is done, and takes the next. All that they share is a limiter that keeps to 30 requests in 6 s, and looks apart.
"""

import queue
import sys
import threading
import time
from collections import deque
from pathlib import Path

import requests

WORKERS = 4
PAUSE = 0.5
COUNT, WINDOW, APART = 30, 6.1, 0.11
HEADERS = {"Authorization": "Bearer bench-key"}


class Limiter:
    """Holds everybody up until one more request is within the quota."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: deque[float] = deque(maxlen=COUNT)
        self._last_look = 0.0

    def wait(self, *, look: bool) -> None:
        while (pause := self._pause(look=look)) > 0:
            time.sleep(pause)

    def _pause(self, *, look: bool) -> float:
        with self._lock:
            now = time.monotonic()
            free_at = self._sent[0] + WINDOW if len(self._sent) == COUNT else now
            if look:
                free_at = max(free_at, self._last_look + APART)
            if free_at <= now:
                self._sent.append(now)
                self._last_look = now if look else self._last_look
            return free_at - now


def work(url: str, paths: "queue.SimpleQueue[Path]", limiter: Limiter) -> None:
    with requests.Session() as session:
        session.trust_env = False  # the sandbox is on this machine, whatever proxy there is
        session.headers.update(HEADERS)
        while True:
            try:
                path = paths.get_nowait()
            except queue.Empty:
                return
            file_id = uploaded(session, url, path, limiter)
            while not done(session, url, file_id, limiter):
                pass


def uploaded(session: requests.Session, url: str, path: Path, limiter: Limiter) -> str:
    while True:
        limiter.wait(look=False)
        with path.open("rb") as file:
            form = {"audio_file_name": path.stem}
            answer = session.post(f"{url}/file/v1/upload", data=form, files={"audio_file_blob": file}, timeout=60)
        if answer.status_code == 200:
            return str(answer.json()["data"]["file_id"])
        time.sleep(PAUSE)


def done(session: requests.Session, url: str, file_id: str, limiter: Limiter) -> bool:
    time.sleep(PAUSE)
    limiter.wait(look=True)
    answer = session.get(f"{url}/file/v1/status/{file_id}", timeout=60)
    return answer.status_code == 200 and answer.json()["data"]["processing_status"] == "FILE_TRANSCRIBED"


def main(url: str, folder: Path) -> None:
    paths: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for path in sorted(folder.iterdir()):
        paths.put(path)
    limiter = Limiter()
    workers = [threading.Thread(target=work, args=(url, paths, limiter)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
