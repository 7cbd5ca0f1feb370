"""How long starting takes: `python bench/start.py [RUNS]`.

Beside `python -c pass`, and beside what else a user types: curl, http, twine, hf.
"""

import shutil
import socket
import sys
import tempfile
import time

from measure import Case, installed, run_all, table

BARS = {"intron --version": 2.5, "TAB on an option": 9.0, "TAB on a value": 12.0, "status until its request": 24.0}
OTHERS = ("httpie", "twine", "huggingface_hub")


def request_seen(listener: socket.socket, start: float) -> float:
    """Seconds until a request has come in; it is answered as unknown, so that the command ends."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        seen = time.perf_counter() - start
        body = b'{"status": "Error", "message": "file not found", "data": {}}'
        connection.sendall(
            b"HTTP/1.1 500 Error\r\nContent-Type: application/json\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
    return seen


def completion(words: str) -> dict[str, str]:
    return {"_INTRON_COMPLETE": "bash", "_INTRON_WORDS": words}


def main(runs: int) -> None:
    with (
        installed(*OTHERS) as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
        tempfile.TemporaryDirectory(prefix="intron-bench-state-") as state,
    ):
        intron = str(folder / "intron" / "bin" / "intron")
        env = {
            "INTRON_BASE_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "INTRON_API_KEY": "bench",
            "INTRON_STATE": state,
            "INTRON_CONFIG": f"{state}/config.toml",
            "INTRON_STATUS_INTERVAL": "0s",
            "INTRON_RATE": "100000/1s",
        }
        base = Case("python -c pass", [str(folder / "intron" / "bin" / "python"), "-c", "pass"])
        ours = [
            Case("intron --version", [intron, "--version"]),
            Case("intron --help", [intron, "--help"]),
            Case("TAB on an option", [intron], completion("intron transcribe --so")),
            Case("TAB on a value", [intron], completion("intron transcribe --category tele")),
            Case("status until its request", [intron, "status", "bench-id"], env, lambda t: request_seen(listener, t)),
        ]
        others = [Case(f"{name} --version", [str(folder / "others" / "bin" / name), "--version"])
                  for name in ("http", "twine", "hf")]  # fmt: skip
        if curl := shutil.which("curl"):
            others.append(Case("curl --version", [curl, "--version"]))
        cases = [base, *ours, *others]
        run_all(cases, runs)
        print(table(cases, base, BARS))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
