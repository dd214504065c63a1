"""Exchange with other companies by GS1 EPCIS 2.0."""
