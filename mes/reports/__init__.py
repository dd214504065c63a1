"""Reports: today, the wall board, printed documents."""
