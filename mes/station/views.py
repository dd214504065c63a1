"""The shop-floor tablet: all its pages."""

from mes.station import (
    ask_views,
    check_views,
    comfort_views,
    crew_views,
    drawing_views,
    floor_views,
    inspect_views,
    job_views,
    lot_views,
    outbox_views,
    phone_views,
    pulse_views,
    scan_views,
    shift_views,
    sign_in_views,
    step_views,
    tool_views,
)
from mes.station.here import room

entries = outbox_views.desk
pulses = pulse_views.pulses
phones = phone_views.phones

__all__ = [
    "ask_views",
    "check_views",
    "comfort_views",
    "crew_views",
    "drawing_views",
    "entries",
    "floor_views",
    "inspect_views",
    "job_views",
    "lot_views",
    "outbox_views",
    "phones",
    "pulses",
    "room",
    "scan_views",
    "shift_views",
    "sign_in_views",
    "step_views",
    "tool_views",
]
