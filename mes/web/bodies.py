"""What a browser or program may send, before anybody knows who it is."""

from flask import Request, current_app

FIELDS = "application/x-www-form-urlencoded"


class Sent(Request):
    """A request whose fields take no more room than the application grants.

    The framework counts the fields that come beside files, and reads those that come alone whole: fifty megabytes of
    them become gigabytes of words. They are refused by their length.
    """

    @property
    def max_content_length(self) -> int | None:
        """The most bytes of this request's body."""
        most = super().max_content_length
        if self.mimetype != FIELDS:
            return most
        fields: int = current_app.config["MAX_FORM_MEMORY_SIZE"]
        return fields if most is None else min(most, fields)

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value
