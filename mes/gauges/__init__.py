"""Measuring means (계측기): gauges, their calibrations and studies."""
