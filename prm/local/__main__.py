"""``python -m prm.local up|down|status``: the embedded servers by hand; ``stop`` also ends a running demo."""

from __future__ import annotations

import os
import signal
import sys
import time

from prm.local.addresses import var_dir
from prm.local.preflight import Trouble, claim_demo, demo_facts, report
from prm.local.services import services

USAGE = """\
python -m prm.local up       start the embedded Postgres and Redis and leave them running
python -m prm.local down     stop them
python -m prm.local status   say what runs
python -m prm.local stop     stop the demo of this data folder, and them"""
STOP_SECONDS = 30


def up() -> None:
    """Start the servers and mark them as meant to stay."""
    own = services()
    own.hold()
    own.keep_file.touch()
    own.release()
    status()


def down() -> None:
    """Stop the servers."""
    own = services()
    own.keep_file.unlink(missing_ok=True)
    stopped = own.stop()
    print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


def stop() -> None:
    """Ask a running demo to end, wait for it, then stop the servers."""
    run_dir = var_dir() / "run"
    deadline = time.monotonic() + STOP_SECONDS
    asked = False
    while True:
        try:
            claim_demo(run_dir).close()
            break
        except Trouble:
            pid = demo_facts(run_dir).get("pid")
            if pid and not asked:
                os.kill(int(pid), signal.SIGTERM)
                asked = True
            if time.monotonic() > deadline:
                raise Trouble("The demo does not stop.", f"Process {pid} still runs.", f"kill -9 {pid}; make stop") from None
            time.sleep(0.2)
    if asked:
        print("The demo has stopped.")
    down()


def status() -> None:
    """Print one line for each embedded server."""
    for server in services().wanted():
        print(f"{server.name:<9} {'running' if server.is_running() else 'stopped'}   {server.socket}")


def main(arguments: list[str]) -> int:
    """The command line; 2 when it is not understood."""
    verbs = {"up": up, "down": down, "status": status, "stop": stop}
    if len(arguments) != 1 or arguments[0] not in verbs:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        verbs[arguments[0]]()
    except Trouble as trouble:
        report(trouble)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
