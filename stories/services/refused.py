"""How a service says no."""


class Refused(Exception):
    """Asked for something that cannot be. `sentence` is for the person, in their
    language; `code` is for the page. Neither quotes what the person wrote.
    """

    def __init__(self, code: str, sentence: str, *, text: str | None = None):
        super().__init__(code)
        self.code = code
        self.sentence = str(sentence)
        #: The text as it now stands, when an edit came too late.
        self.text = text
