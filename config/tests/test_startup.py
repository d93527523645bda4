"""What a web process loads before the first request: every worker pays for it in memory."""

import subprocess
import sys

from django.conf import settings

#: Libraries of some megabytes each that few pages need.
HEAVY = {"fpdf", "fontTools", "openpyxl", "icalendar", "joserfc", "segno", "hypothesis", "pytest"}
LOAD_ALL = """
import sys
import config.wsgi
from django.urls import get_resolver
get_resolver().reverse_dict
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_heavy_libraries_wait_for_the_page_that_needs_them():
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ALL],
        cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert "courses" in loaded, done.stderr
    assert loaded & HEAVY == set()
