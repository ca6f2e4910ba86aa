from reports.models.indicators import IndicatorValue

__all__ = ["IndicatorValue"]
