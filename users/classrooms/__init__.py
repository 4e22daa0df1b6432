"""Classes: who teaches, who learns, and how a pupil comes in without an e-mail.

A pupil's account belongs to one class and opens nothing but the reading pages (see
middleware.py): no private profile, no mood, no trained voice can be reached from it.
"""
