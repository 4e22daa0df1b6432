"""How well a tone is kept, by a judge that never guides. `manage.py evaluate_tone`."""
