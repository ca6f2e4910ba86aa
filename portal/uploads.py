from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MOST_OF_ONE_FILE = 10 * 1024 * 1024  # bytes
MOST_IN_ALL = 64 * 1024 * 1024


class BoundedUpload(FileUploadHandler):
    """Lets a file grow to its limit and no further, so that nobody fills the disk; what was left out is named in request.left_out."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any, **named: Any) -> None:  # noqa: N803
        if content_length > MOST_IN_ALL:
            raise RequestDataTooBig("More was sent than a form may hold.")  # answered with 400

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MOST_OF_ONE_FILE:
            self.request.left_out = self.field_name  # type: ignore[union-attr]
            raise SkipFile
        return raw_data  # to the handlers behind

    def file_complete(self, file_size: int) -> None:
        return None
