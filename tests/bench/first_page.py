"""From a fresh checkout to the first page with the README's one command: goal P14.

python -m tests.bench.first_page [--wheels DIRECTORY]

Copies what git keeps to a directory of its own, makes a virtual environment there, installs, starts the demo and waits for its list.
What is installed comes from pip's cache where it has it: the time of the network is reported apart. Stops everything it started.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from portal.embedded.homes import REPOSITORY
from tests.bench.goals import fact
from tests.bench.serving import free_port

LIMIT = 60.0  # seconds
PATIENCE = 600.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", help="install from this directory instead of from the network")
    report = measure(parser.parse_args().wheels)
    print(json.dumps(report, indent=2))
    return 0 if report["goals"][0]["is_met"] else 1


def measure(wheels: str | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="answerable-first-page-") as home:
        checkout = Path(home) / "checkout"
        copy_checkout(checkout)
        Path(home).chmod(0o755)
        started = time.monotonic()
        subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=checkout, check=True)
        install = [".venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]
        if wheels:
            install += ["--no-index", "--find-links", str(Path(wheels).resolve())]
        subprocess.run(install, cwd=checkout, check=True)
        installed = time.monotonic()
        first, with_rows = start_demo(checkout)
        ended = time.monotonic()
    seconds = round(installed - started + first, 1)
    goal = fact("P14", "fresh checkout to first page: venv, install, demo", f"{seconds} s", f"≤ {LIMIT:g} s", seconds <= LIMIT)
    return {
        "goals": [goal],
        "venv_and_install_seconds": round(installed - started, 1),
        "demo_to_first_page_seconds": round(first, 1),
        "demo_to_first_suggestion_seconds": round(with_rows, 1),
        "seconds_in_all": round(ended - started, 1),
    }


def copy_checkout(target: Path) -> None:
    """What a clone would hold, with what is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        source = REPOSITORY / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def start_demo(checkout: Path) -> tuple[float, float]:
    """Seconds until the list answers, and until it shows a suggestion."""
    port = free_port()
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "ANSWERABLE_VAR"}
    }
    started = time.monotonic()
    log = (checkout / "demo.log").open("wb")
    demo = subprocess.Popen([".venv/bin/python", "manage.py", "demo", "--port", str(port)], cwd=checkout, env=own, stdout=log, stderr=log)
    try:
        first = wait_for(f"http://127.0.0.1:{port}/suggestions/", "<h1>", demo, checkout) - started
        with_rows = wait_for(f"http://127.0.0.1:{port}/suggestions/", 'class="row"', demo, checkout) - started
    finally:
        demo.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            demo.wait(30)
        if demo.poll() is None:
            demo.kill()
            demo.wait()
        log.close()
    return first, with_rows


def wait_for(address: str, text: str, demo: subprocess.Popen[bytes], checkout: Path) -> float:
    line = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at and demo.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), line.open(address, timeout=10) as answer:
            if text in answer.read().decode():
                return time.monotonic()
        time.sleep(0.2)
    raise SystemExit(f"The demo does not show {text}: {(checkout / 'demo.log').read_text(errors='replace')[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
