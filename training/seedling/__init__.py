"""The bundled small story model: recipe, weights, tokenizer, model card.

Only `train`, `export`, `average`, `optimizer` and `reading` import torch. The web
process imports none of them (it opens the exported folder `weights/` through the
engine), so it starts without torch.
"""
