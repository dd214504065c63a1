"""The warehouse: all its pages."""

from mes.warehouse import away_views, count_views, floor_count_views, pick_views, receive_views, ship_views
from mes.warehouse.here import room

counts = count_views.room

__all__ = [
    "away_views",
    "count_views",
    "counts",
    "floor_count_views",
    "pick_views",
    "receive_views",
    "room",
    "ship_views",
]
