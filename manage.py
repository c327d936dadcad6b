#!/usr/bin/env python
"""Django's command line, with the embedded Postgres and Redis running where no other server is named."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings.dev")
    from django.core.management import execute_from_command_line

    from prm.local.commands import serve

    serve(sys.argv[1] if len(sys.argv) > 1 else "")
    execute_from_command_line(sys.argv)
