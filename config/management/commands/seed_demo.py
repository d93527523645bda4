import os

from django.core.management.base import BaseCommand

from config.seeding.demo import accounts_text, seed_demo


class Command(BaseCommand):
    help = "Found the two demo organizations with courses, people and progress; what is there stays as it is."

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")

    def handle(self, **options):
        if not options["accounts"]:
            seed_demo(say=lambda text: self.stderr.write(text))
        self.stdout.write(accounts_text(os.environ.get("CAIRN_PORT", "8000")))
