"""A pupil's account opens the socket of their turn in a lesson, and no other.

Whatever streams is added later is closed to pupils, as pages are (middleware.py).
"""

from users.models import Role

NOT_FOR_PUPILS = 4404
OPEN = "/ws/turns/"


class NoPupils:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        person = scope.get("user")
        is_pupil = getattr(person, "role", None) == Role.PUPIL
        if is_pupil and not scope["path"].startswith(OPEN):
            await receive()  # its wish to connect
            await send({"type": "websocket.close", "code": NOT_FOR_PUPILS})
            return
        await self.app(scope, receive, send)
