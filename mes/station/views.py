"""The shop-floor tablet: all its pages."""

from mes.station import floor_views, inspect_views, job_views, lot_views, scan_views, sign_in_views, tool_views
from mes.station.here import room

calls = floor_views.desk

__all__ = [
    "calls",
    "floor_views",
    "inspect_views",
    "job_views",
    "lot_views",
    "room",
    "scan_views",
    "sign_in_views",
    "tool_views",
]
