"""The plant as a whole: to another database, into files that anybody can read, and back."""
