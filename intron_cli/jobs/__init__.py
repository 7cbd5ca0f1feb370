"""Our work: the ledger of uploads, the hand-over, the waiting."""
