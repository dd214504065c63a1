"""Recall (회수): what a suspect reached, held in one act, its mass balance, who is told, what is collected."""
