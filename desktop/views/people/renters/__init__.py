"""The renters' page: everybody, one of them with history, and two of them side by side."""
