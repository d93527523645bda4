"""Print, as JSON, the requests of every page on the database of the environment: `python -m bench.requests_for`."""

import json
import os
import sys

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from bench import pages, people  # noqa: PLC0415 -- needs the settings

    with people.organization():
        readers = pages.find_readers()
    json.dump({page.key: pages.requests_of(page, readers) for page in pages.PAGES}, sys.stdout)


if __name__ == "__main__":
    main()
