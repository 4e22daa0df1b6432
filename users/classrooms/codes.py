"""Class codes and links that cannot be guessed."""

from secrets import choice, token_urlsafe

#: Without signs that look alike on a card: 0 O, 1 I L, 5 S, 2 Z.
SIGNS = "ABCDEFGHJKMNPQRTUVWXY346789"
LENGTH = 7


def new_code() -> str:
    return "".join(choice(SIGNS) for _sign in range(LENGTH))


def as_typed(code: str) -> str:
    """What a child meant: any case, blanks and hyphens do not matter."""
    return "".join(sign for sign in code.upper() if sign.isalnum())[: LENGTH + 1]


def new_token() -> str:
    return token_urlsafe(32)
