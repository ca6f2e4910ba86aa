from suggestions.actions.imports.runs import (
    ImportRunning,
    ImportSummary,
    RowsUnreadable,
    SourceMissing,
    check_history,
    import_cases,
)

__all__ = ["ImportRunning", "ImportSummary", "RowsUnreadable", "SourceMissing", "check_history", "import_cases"]
