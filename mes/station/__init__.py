"""The shop-floor tablet."""
