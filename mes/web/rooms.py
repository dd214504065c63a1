"""The rooms that have pages, one line each. Rooms with several files of pages are joined where the first one is."""

import mes.certificates.sheet_views
import mes.certificates.traced
import mes.certificates.views
import mes.epcis.views
import mes.equipment.call_views
import mes.equipment.device_views
import mes.equipment.stop_views
import mes.equipment.tool_views
import mes.equipment.views
import mes.exchange.views
import mes.exchange.vocabulary_views
import mes.gauges.views
import mes.genealogy.views
import mes.inspection.gauge_views
import mes.inspection.sampling_views
import mes.inspection.standard_views
import mes.inspection.views
import mes.items.bom_views
import mes.items.part_views
import mes.items.routing_views
import mes.items.step_views
import mes.items.views
import mes.labels.views
import mes.leader.views
import mes.lots.dismantle_views
import mes.lots.return_views
import mes.lots.sample_views
import mes.lots.unit_views
import mes.lots.views
import mes.nonconformance.lot_views
import mes.orders.views
import mes.partners.views
import mes.people.factor_views
import mes.people.plant_views
import mes.people.views
import mes.plants.views
import mes.printing.beginnings
import mes.printing.job_views
import mes.printing.printer_views
import mes.printing.views
import mes.quality.code_views
import mes.quality.views
import mes.recall.views
import mes.reports.board_views
import mes.reports.quality_views
import mes.reports.views
import mes.scan.camera_views
import mes.scan.relabel_views
import mes.scan.supplier_views
import mes.scan.trial_views
import mes.scan.views
import mes.shifts.check_views
import mes.shifts.hand_views
import mes.shifts.views
import mes.spc.views
import mes.station.views
import mes.trace.views
import mes.warehouse.views
import mes.web.copy_views
import mes.web.everything_views
import mes.web.health
import mes.web.install_views
import mes.web.metrics
import mes.web.training_views
from mes.core.pages import Room

ROOMS: list[Room] = [
    mes.web.health.room,
    mes.web.metrics.room,
    mes.web.install_views.room,
    mes.web.training_views.room,
    mes.scan.views.room,
    mes.scan.camera_views.room,
    mes.people.views.room,
    mes.people.factor_views.room,
    mes.people.plant_views.room,
    mes.partners.views.room,
    mes.scan.supplier_views.room,
    mes.equipment.views.room,
    mes.equipment.device_views.room,
    mes.equipment.tool_views.room,
    mes.shifts.views.room,
    mes.shifts.check_views.room,
    mes.shifts.hand_views.room,
    mes.items.views.room,
    mes.items.bom_views.room,
    mes.items.routing_views.room,
    mes.items.step_views.room,
    mes.items.part_views.room,
    mes.orders.views.room,
    mes.lots.views.room,
    mes.lots.unit_views.room,
    mes.lots.return_views.room,
    mes.lots.dismantle_views.room,
    mes.scan.relabel_views.room,
    mes.warehouse.views.room,
    mes.warehouse.views.counts,
    mes.quality.views.room,
    mes.nonconformance.lot_views.room,
    mes.recall.views.room,
    mes.epcis.views.room,
    mes.inspection.views.room,
    mes.spc.views.room,
    mes.inspection.standard_views.room,
    mes.inspection.sampling_views.room,
    mes.gauges.views.room,
    mes.inspection.gauge_views.room,
    mes.lots.sample_views.room,
    mes.certificates.views.room,
    mes.certificates.sheet_views.room,
    mes.leader.views.room,
    mes.station.views.room,
    mes.station.views.entries,
    mes.station.views.pulses,
    mes.station.views.phones,
    mes.equipment.call_views.room,
    mes.trace.views.room,
    mes.genealogy.views.room,
    mes.reports.views.room,
    mes.reports.quality_views.room,
    mes.labels.views.room,
    mes.printing.views.room,
    mes.printing.printer_views.room,
    mes.exchange.views.room,
    mes.exchange.vocabulary_views.room,
    mes.scan.trial_views.room,
    mes.plants.views.room,
    mes.web.copy_views.room,
    mes.web.everything_views.room,
]
