"""Add the crowd to the seeded database of the environment, once: `python -m bench.gather`."""

import os

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from bench import crowd, people  # noqa: PLC0415 -- needs the settings

    with people.organization():
        crowd.gather()


if __name__ == "__main__":
    main()
