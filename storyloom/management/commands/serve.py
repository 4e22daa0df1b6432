"""The web process, in both modes."""

import os

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve pages and sockets. In the embedded mode this is all there is to run."
    requires_migrations_checks = True

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, host, port, **options):
        if settings.EMBEDDED:
            self.stdout.write(
                f"\n  Storyloom is at http://{host}:{port}\n"
                "  The first account: choose “Sign up” there.\n"
                "  An admin account:  make admin\n"
                "  To stop: Ctrl+C\n"
            )
        uvicorn.run(
            "storyloom.asgi:application",
            host=host,
            port=port,
            workers=int(os.environ.get("WEB_CONCURRENCY", 1)),
            lifespan="on",
            # Room for the consumer to answer a frame that is too long by a sentence.
            ws_max_size=2 * settings.FRAME_BYTES,
            ws_max_queue=8,
            # Deflate holds a window per socket, and delays small chunks for nothing.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=3,
            # Django's logging is set up already; addresses may hold search words.
            log_config=None,
            access_log=False,
            server_header=False,
        )
