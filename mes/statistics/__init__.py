"""Statistics of quality, from their definitions: charts, capability, gauge studies, sampling by attributes.

Pure: no database, no page, the standard library only. Values are measurements, so they are worked out in binary floats
(docs/decisions/0008-statistics.md); quantities of goods stay decimals and never come here.
"""
