"""Whether the genealogy can be trusted (계보 건강): what lacks in the records of a day, and entering it afterwards."""
