"""The feeling asked for: tones, the arc of a story, plan against measured."""
