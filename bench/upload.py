"""What an upload of 100 MB costs: `python bench/upload.py [RUNS]`.

To a raw sink on loopback that reads and forgets, beside curl and the vendor's own sample with
requests. intron hashes and checks the recording, keeps its ledger and looks for changes; they do not.
"""

import os
import shutil
import socket
import sys
import tempfile
import threading
import wave
from pathlib import Path

from measure import Case, installed, run_all, table

BYTES = 99_900_000
BARS = {"intron upload": 8.0}
ANSWER = b'{"data": {"file_id": "bench-%d"}, "message": "file queued for processing", "status": "Ok"}'
SAMPLE = """
import requests
requests.request("POST", {url!r}, headers={{"Authorization": "Bearer bench"}},
                 files={{"audio_file_blob": open({path!r}, "rb")}}, data={{"audio_file_name": "file-1"}})
"""


def serve(listener: socket.socket) -> None:
    """Read each form to its end, answer with an id, forget it."""
    buffer = memoryview(bytearray(1 << 20))
    for number in range(1_000_000):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            head, _, rest = head.partition(b"\r\n\r\n")
            if b"expect: 100-continue" in head.lower():
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            )
            left = length - len(rest)
            while left > 0 and (count := connection.recv_into(buffer)):
                left -= count
            body = ANSWER % number
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


def recording(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48000)
        for _ in range(BYTES // 1_000_000):
            file.writeframesraw(os.urandom(1_000_000))
    return path


def main(runs: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="intron-bench-upload-") as name,
        installed("requests") as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        path = recording(Path(name, "visit.wav"))
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        url = f"{host}/file/v1/upload"
        env = {
            "INTRON_BASE_URL": host, "INTRON_API_KEY": "bench", "INTRON_STATE": f"{name}/state",
            "INTRON_CONFIG": f"{name}/config.toml", "INTRON_RATE": "100000/1s",
        }  # fmt: skip
        curl = shutil.which("curl") or "curl"
        base = Case("curl -F", [curl, "-s", "-F", "audio_file_name=file-1", "-F", f"audio_file_blob=@{path}", url])
        ours = Case("intron upload", [str(folder / "intron/bin/intron"), "upload", str(path), "--again"], env)
        sample = SAMPLE.format(url=url, path=str(path))
        theirs = Case("the vendor's sample (requests)", [str(folder / "others/bin/python"), "-c", sample])
        run_all([base, ours, theirs], runs)
        print(table([base, ours, theirs], base, BARS, memory=True))
        print(f"\nPeak memory of intron upload: {ours.peak:.0f} MiB (bar: 50)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
