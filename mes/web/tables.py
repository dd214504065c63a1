"""All tables, in the order of the rooms."""

import mes.certificates.models
import mes.core.computers
import mes.core.events
import mes.core.files
import mes.core.keys
import mes.core.numbering
import mes.core.own_words
import mes.core.plant
import mes.core.seals
import mes.core.voided
import mes.epcis.models
import mes.equipment.device_models
import mes.equipment.models
import mes.exchange.models
import mes.gauges.models
import mes.genealogy.models
import mes.inspection.models
import mes.inspection.sampling_models
import mes.items.models
import mes.keeping.models
import mes.leader.models
import mes.lots.code_models
import mes.lots.dismantle_models
import mes.lots.models
import mes.lots.return_models
import mes.lots.sample_models
import mes.lots.unit_models
import mes.nonconformance.models
import mes.orders.count_models
import mes.orders.crew_models
import mes.orders.models
import mes.orders.run_models
import mes.partners.models
import mes.people.models
import mes.plants.models
import mes.printing.models
import mes.quality.models
import mes.recall.models
import mes.scan.models
import mes.shifts.check_models
import mes.shifts.hand_models
import mes.shifts.models
import mes.spc.models
import mes.station.late_models
import mes.warehouse.count_models
import mes.warehouse.models  # noqa: F401
from mes.core.db import Base

metadata = Base.metadata
