"""All tables, in the order of the rooms."""

import mes.certificates.models
import mes.core.events
import mes.core.files
import mes.core.keys
import mes.core.numbering
import mes.core.plant
import mes.equipment.models
import mes.exchange.models
import mes.gauges.models
import mes.inspection.models
import mes.inspection.sampling_models
import mes.items.models
import mes.labels.models
import mes.lots.models
import mes.nonconformance.models
import mes.orders.models
import mes.partners.models
import mes.people.models
import mes.quality.models
import mes.spc.models  # noqa: F401
from mes.core.db import Base

metadata = Base.metadata
