"""Learning a voice: the ledger's examples in, a checked adapter out.

Nothing of a person's text is written to the disk on the way: it goes through a pipe
into a process of its own, and comes out as weights.
"""
