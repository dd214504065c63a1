"""The commands of ``mes``, one module for each thing they are about."""
