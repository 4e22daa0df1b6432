"""Read what the model writes for held-out headers, and count.

    python manage.py read_seedling [--json] [--n 60]

Two-turn stories are sampled with fixed seeds. The headers ship in this folder and
hold names no training story ever had, so this runs from a bare clone.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from training.seedling.corpus import listed_word
from training.seedling.documents import PREFACE
from training.seedling.labels import teller_of
from training.seedling.recipe import HELD_OUT_HEADERS, WEIGHTS

MOST_TOKENS = {"short": 90, "medium": 180, "long": 300}


def held_out_headers(n: int) -> list[dict]:
    lines = HELD_OUT_HEADERS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:n]]


def as_lines(fields: dict[str, str]) -> str:
    return "\n".join(f"{field}: {value}" for field, value in fields.items())


def opened(header: dict) -> list[dict[str, str]]:
    return [
        {"role": "system", "content": f"{PREFACE}\n\n{as_lines(header['header'])}"},
        {"role": "user", "content": as_lines(header["asks"][0])},
    ]


def sample(model, tokenizer, chats, temperature: float, top_p: float) -> list[dict]:
    """One passage for each chat, in batches; says whether it ended by itself."""
    import torch

    told = []
    for start in range(0, len(chats), 20):
        batch = tokenizer.apply_chat_template(
            chats[start : start + 20],
            add_generation_prompt=True,
            padding=True,
            return_dict=True,
            return_tensors="pt",
            tokenizer_kwargs={"padding_side": "left"},
        )
        with torch.no_grad():
            out = model.generate(
                **batch,
                do_sample=True,
                temperature=temperature,
                top_p=top_p,
                top_k=0,
                max_new_tokens=300,
            )
        for ids in out[:, batch["input_ids"].size(1) :]:
            ended = bool((ids == tokenizer.eos_token_id).any())
            text = tokenizer.decode(ids, skip_special_tokens=True)
            told.append({"text": text, "ended": ended})
    return told


def write_stories(model, tokenizer, headers, temperature, top_p, seed) -> list[dict]:
    import torch

    torch.manual_seed(seed)
    chats = [opened(h) for h in headers]
    stories = [{"header": h["header"], "passages": []} for h in headers]
    for turn in range(2):
        told = sample(model, tokenizer, chats, temperature, top_p)
        for chat, story, passage, header in zip(
            chats, stories, told, headers, strict=True
        ):
            story["passages"].append(passage)
            chat.append({"role": "assistant", "content": passage["text"]})
            if turn == 0:
                chat.append({"role": "user", "content": as_lines(header["asks"][1])})
    return stories


def whole(story: dict) -> str:
    return "\n\n".join(p["text"] for p in story["passages"])


def listed(story: dict, field: str) -> list[str]:
    value = story["header"].get(field, "")
    return [item for item in value.split(", ") if item]


def share(hits: list[bool]) -> float:
    return round(sum(hits) / max(1, len(hits)), 3)


def repeated(text: str, n: int = 4) -> float:
    words = re.findall(r"\w+", text.lower())
    grams = Counter(zip(*(words[i:] for i in range(n)), strict=False))
    return sum(c - 1 for c in grams.values()) / max(1, sum(grams.values()))


def distinct(text: str, n: int = 3) -> float:
    words = re.findall(r"\w+", text.lower())
    grams = list(zip(*(words[i:] for i in range(n)), strict=False))
    return len(set(grams)) / max(1, len(grams))


def key_nouns(sentence: str) -> set[str]:
    small = "with from that into they them were have until every everyone anyway"
    words = re.findall(r"[a-z]{5,}", sentence.lower())
    return {w for w in words if w not in small.split()}


def experience_told(story: dict) -> bool:
    nouns = key_nouns(story["header"]["Experience"])
    text = whole(story).lower()
    return sum(w in text for w in nouns) >= 0.5 * len(nouns)


def teller_kept(story: dict) -> bool:
    return teller_of(whole(story)) == story["header"]["Teller"]


def uses(text: str, wanted: str) -> bool:
    return re.search(rf"\b{re.escape(wanted)}", text, re.IGNORECASE) is not None


def figures(stories: list[dict]) -> dict[str, float]:
    names = [(s, n) for s in stories for n in listed(s, "Names")]
    first = [(s, listed(s, "Names")[0]) for s in stories if listed(s, "Names")]
    things = [(s, t) for s in stories for t in listed(s, "Things")]
    lived = [s for s in stories if "Experience" in s["header"]]
    passages = [p for s in stories for p in s["passages"]]
    stops = [p["ended"] and p["text"].rstrip()[-1:] in set('.!?"') for p in passages]
    return {
        "stories": len(stories),
        "name_used": share([uses(whole(s), n) for s, n in names]),
        "first_name_used": share([uses(whole(s), n) for s, n in first]),
        "thing_used": share([uses(whole(s), t.split()[-1]) for s, t in things]),
        "teller_kept": share([teller_kept(s) for s in stories]),
        "experience_told": share([experience_told(s) for s in lived]),
        "ends_by_itself": share(stops),
        "repeated_4_grams": share([repeated(whole(s)) for s in stories]),
        "distinct_3": share([distinct(whole(s)) for s in stories]),
        "screened_out": share([listed_word(whole(s)) is not None for s in stories]),
        "words_per_story": share([len(whole(s).split()) for s in stories]),
    }


def read(n: int, temperature: float, top_p: float, seed: int, weights: Path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(weights).float().eval()
    tokenizer = AutoTokenizer.from_pretrained(weights)
    headers = held_out_headers(n)
    stories = write_stories(model, tokenizer, headers, temperature, top_p, seed)
    return figures(stories), stories


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--n", type=int, default=60, help="stories, at most 120")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--top-p", type=float, default=0.92)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", type=int, default=0, help="print that many stories")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)


def from_arguments(options: dict) -> None:
    found, stories = read(
        options["n"],
        options["temperature"],
        options["top_p"],
        options["seed"],
        options["weights"],
    )
    if options["json"]:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:18} {value}")
    for story in stories[: options["show"]]:
        print("\n" + as_lines(story["header"]) + "\n---\n" + whole(story))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    from_arguments(vars(parser.parse_args()))


if __name__ == "__main__":
    main()
