"""HTTP, sockets and the process's own start and end, behind one door."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyloom.settings")
http = get_asgi_application()

# These need the apps loaded.
from stories import routing as stories  # noqa: E402
from stories.lessons import routing as lessons  # noqa: E402
from storyloom.bodies import BodyLimit  # noqa: E402
from storyloom.lifespan import lifespan  # noqa: E402
from training import routing as training  # noqa: E402
from users.classrooms.sockets import NoPupils  # noqa: E402

sockets = [
    *stories.websocket_urlpatterns,
    *lessons.websocket_urlpatterns,
    *training.websocket_urlpatterns,
]

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(http, settings.BODY_BYTES),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(NoPupils(URLRouter(sockets)))
        ),
        "lifespan": lifespan,
    }
)
