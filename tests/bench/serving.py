"""A web server of our own, the load on it, and how much of the processor others took meanwhile.

The load comes from wrk where it is installed (`apt-get install wrk`), else from threads of ours, which cost more of the two cores that
they share with what is measured: then all figures are lower bounds, and the report says so.
"""

import contextlib
import http.client
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.embedded.homes import REPOSITORY

CONNECTIONS = 8
RUNS = 3
WARM_UP = 2.0  # seconds
DIRTY_ABOVE = 12.0  # percent of the processor that went to others
TICK = os.sysconf("SC_CLK_TCK")
REPORT = """
done = function(summary, latency, requests)
  io.stderr:write(string.format('{"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "failed": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Ask:
    """One request; `line` is what stands behind the address of the server."""

    line: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass
class Server:
    address: str
    process: subprocess.Popen[bytes]
    database: str
    log: Path

    @property
    def workers(self) -> list[int]:
        return children_of(self.process.pid)

    def get(self, line: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        connection.request("GET", line)
        return connection.getresponse()


@contextlib.contextmanager
def served(
    application: str, environment: dict[str, str], *, workers: int = 2, threads: int = 0, until_answers: str = "/"
) -> Iterator[Server]:
    """Gunicorn with this application: sync workers as a city would run two of them, or threaded ones."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--no-control-socket",
    ]
    if threads:
        command += ["--threads", str(threads)]
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "web.log"
        with log.open("wb") as written:
            process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | environment, stdout=written, stderr=written)
        server = Server(f"http://127.0.0.1:{port}", process, urlsplit(environment["DATABASE_URL"]).path.strip("/"), log)
        try:
            _wait_for(server, until_answers)
            yield server
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            if process.poll() is None:
                process.kill()
                process.wait()


def _wait_for(server: Server, line: str) -> None:
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at and server.process.poll() is None:
        with contextlib.suppress(OSError):
            status = server.get(line).status
            if status < 500:
                return
            break
        time.sleep(0.1)
    raise SystemExit(f"The server does not answer {line}: {server.log.read_text(errors='replace')[-3000:]}")


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


# --- Load --------------------------------------------------------------------------------------------------------------


@dataclass
class Load:
    """Requests a second, the median of the runs; p95 in milliseconds."""

    per_second: float
    p50: float
    p95: float
    failed: int  # answers with another status than 2xx or 3xx, and broken connections
    runs: list[float] = field(default_factory=list)
    foreign_percent: float | None = None

    def facts(self) -> dict[str, Any]:
        facts = {"per_second": round(self.per_second, 1), "p50_ms": round(self.p50, 1), "p95_ms": round(self.p95, 1)}
        facts |= {"failed": self.failed, "runs": [round(run, 1) for run in self.runs], "foreign_cpu_percent": self.foreign_percent}
        return facts | {"is_dirty": self.is_dirty}

    @property
    def is_dirty(self) -> bool | None:
        return None if self.foreign_percent is None else self.foreign_percent > DIRTY_ABOVE


def loader() -> str:
    return "wrk" if shutil.which("wrk") else "threads of ours"


def load(
    server: Server, asks: Sequence[Ask], *, seconds: float, connections: int = CONNECTIONS, runs: int = RUNS, warm_up: float = WARM_UP
) -> Load:
    """The same requests in turn, again and again, from so many connections at once; a later load of one server goes on where one ended."""
    shoot = _wrk if loader() == "wrk" else _threads
    if warm_up:
        shoot(server, asks, warm_up, connections)
    found, shares = [], []
    for _run in range(runs):
        with foreign_share(server) as share:
            found.append(shoot(server, asks, seconds, connections))
        shares.append(share())
    rates = [run["requests"] / run["seconds"] for run in found]
    known = [share for share in shares if share is not None]
    return Load(
        per_second=statistics.median(rates),
        p50=statistics.median(run["p50"] for run in found),
        p95=statistics.median(run["p95"] for run in found),
        failed=sum(run["failed"] + run["broken"] for run in found),
        runs=rates,
        foreign_percent=round(max(known), 1) if known else None,
    )


def _wrk(server: Server, asks: Sequence[Ask], seconds: float, connections: int) -> dict[str, float]:
    """The requests are written out beforehand; where in their row a run begins is left to the clock, so that runs go on, not over."""
    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "load.lua"
        (Path(home) / "asks.tsv").write_text(
            "".join(
                "\t".join([ask.method, ask.line, ask.body, *(f"{name}: {value}" for name, value in ask.headers)]) + "\n" for ask in asks
            )
        )
        script.write_text(
            f"local asks = {{}}\nfor line in io.lines({json.dumps(str(Path(home) / 'asks.tsv'))}) do\n"
            "  local parts = {}\n  for part in (line .. '\\t'):gmatch('(.-)\\t') do parts[#parts + 1] = part end\n"
            "  asks[#asks + 1] = parts\nend\n"
            f"local at = {_places.get(server.address, 0)}\n"
            "request = function()\n  at = at % #asks + 1\n  local parts = asks[at]\n  local headers = {}\n"
            "  for i = 4, #parts do\n    local name, value = parts[i]:match('^(.-): (.*)$')\n    headers[name] = value\n  end\n"
            "  return wrk.format(parts[1], parts[2], headers, parts[3] ~= '' and parts[3] or nil)\nend\n" + REPORT
        )
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", str(script), server.address]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        facts: dict[str, float] = json.loads(done.stderr[done.stderr.rindex("{") :])
    except ValueError as fault:
        raise SystemExit(f"wrk failed: {done.stdout[-500:]} {done.stderr[-1000:]}") from fault
    _places[server.address] = _places.get(server.address, 0) + int(facts["requests"]) + connections
    return facts


_places: dict[str, int] = {}


def _threads(server: Server, asks: Sequence[Ask], seconds: float, connections: int) -> dict[str, float]:
    times, failed, broken = [], 0, 0
    lock, ends_at = threading.Lock(), time.monotonic() + seconds

    def one() -> None:
        nonlocal failed, broken
        while time.monotonic() < ends_at:
            with lock:
                place = _places[server.address] = _places.get(server.address, -1) + 1
            started = time.perf_counter()
            try:
                status = send(server, asks[place % len(asks)])[0]
            except (OSError, http.client.HTTPException):
                broken += 1
                continue
            with lock:
                times.append(time.perf_counter() - started)
                failed += status >= 400

    started = time.perf_counter()
    crowd = [threading.Thread(target=one) for _ in range(connections)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    times.sort()
    return {
        "requests": len(times),
        "seconds": time.perf_counter() - started,
        "p50": 1000 * times[len(times) // 2] if times else 0.0,
        "p95": 1000 * times[len(times) * 95 // 100] if times else 0.0,
        "failed": failed,
        "broken": broken,
    }


def send(server: Server, ask: Ask) -> tuple[int, str, dict[str, str]]:
    """One request by itself: status, text and headers of the answer."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    try:
        connection.request(ask.method, ask.line, ask.body or None, dict(ask.headers))
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders())
    finally:
        connection.close()


# --- Whose processor time it was ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def foreign_share(server: Server) -> Iterator[Callable[[], float | None]]:
    """The percentage of the processor that went neither to us, nor to the server, nor to its database; None where nobody can tell."""
    before, own_before, started = _busy(), _own(server), time.monotonic()
    result: list[float | None] = []
    yield lambda: result[0]
    after = _busy()
    if before is None or after is None:
        result.append(None)
        return
    own = _own(server) - own_before
    whole = (time.monotonic() - started) * TICK * (os.cpu_count() or 1)
    result.append(max(0.0, 100 * (after - before - own) / whole))


def _busy() -> int | None:
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, interrupts, soft, stolen = map(int, fields[:8])
    return user + nice + system + interrupts + soft + stolen


def _own(server: Server) -> float:
    """Ticks of this process and its ended children, the web server, and the processes of its database and of Redis."""
    mine, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = (mine.ru_utime + mine.ru_stime + ended.ru_utime + ended.ru_stime) * TICK
    pids = {server.process.pid, *server.workers, *_servers_behind(server.database)}
    return ticks + sum(_ticks_of(pid) for pid in pids)


def _servers_behind(database: str) -> Iterator[int]:
    background = ("checkpointer", "background writer", "walwriter", "autovacuum", "logical replication")
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            is_postgres = command.startswith("postgres:") and (f" {database} " in command or any(word in command for word in background))
            if is_postgres or command.startswith(("redis-server", "valkey-server", "/usr/bin/redis-server")) or "valkey-server" in command:
                yield int(entry.name)


def _ticks_of(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def children_of(parent: int) -> list[int]:
    children = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                children.append(int(entry.name))
    return sorted(children)
