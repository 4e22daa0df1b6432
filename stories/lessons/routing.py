from django.urls import path

from stories.lessons.consumers import TurnConsumer

websocket_urlpatterns = [path("ws/turns/<uuid:story>/", TurnConsumer.as_asgi())]
