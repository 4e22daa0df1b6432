"""Read what the bundled model writes for held-out headers, and count.

One file per kind of measure; each can fail, and its tests show it failing. `draw`
asks the engine for passages as the editor does, `command` puts it all together.
"""
