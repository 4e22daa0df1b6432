"""How fast it is, measured through the front door: a server, pages and sockets."""
