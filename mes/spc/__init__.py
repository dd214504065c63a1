"""Statistical process control: control charts of characteristics, alarms, capability."""
