"""Exchange with other companies: what happened to goods, as GS1 EPCIS 2.0 says it (decision 0021)."""
