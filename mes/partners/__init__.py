"""Partners: customers, suppliers, subcontractors."""
