"""An old case history as another system printed it: the file, its columns, its rows. Nothing here writes."""

from suggestions.histories.files import FileUnreadable, History, open_history
from suggestions.histories.mappings import Mapping, MappingUnusable, read_mapping
from suggestions.histories.rows import PrintedCase, RowFault

__all__ = ["FileUnreadable", "History", "Mapping", "MappingUnusable", "PrintedCase", "RowFault", "open_history", "read_mapping"]
