"""The real supervisor over small programs: run by the tests as ``python -m tests.local.small_demo``.

Web answers /readyz with 200 and writes its number; worker starts a child of its own, as Celery does; nothing is prepared.
"""

from __future__ import annotations

import sys
from pathlib import Path

from prm.local import demo

WEB = """
import http.server, os, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'{"status": "ok"}')
    def log_message(self, *rest): pass
open(sys.argv[2] + '/web.pid', 'w').write(str(os.getpid()))
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Ready).serve_forever()
"""
WORKER = """
import subprocess, sys, time
deaf = 'import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)'
subprocess.Popen([sys.executable, '-c', deaf, sys.argv[1]])
time.sleep(600)
"""


def small_commands(port: int, var: Path) -> dict[str, list[str]]:
    return {
        "web": [sys.executable, "-c", WEB, str(port), str(var)],
        "worker": [sys.executable, "-c", WORKER, str(var)],
        "beat": [sys.executable, "-c", "import time; time.sleep(600)", str(var)],
    }


class SmallDemo(demo.Demo):
    """Prepares nothing, but for the list of accounts."""

    def _prepare(self) -> None:
        (self.var / "run" / demo.ACCOUNTS).write_text("Administrator  agnes@orvane.example\n")


if __name__ == "__main__":
    demo.commands = small_commands
    demo.Demo = SmallDemo  # type: ignore[misc]
    sys.exit(demo.main())
