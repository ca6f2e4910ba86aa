from suggestions.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from suggestions.demo.crowds import load_crowd
from suggestions.demo.loading import load_demo_city

__all__ = ["DEMO_ACCOUNTS", "DEMO_PASSWORD", "load_crowd", "load_demo_city"]
