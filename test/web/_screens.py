#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Pictures of every screen: runs the browser tests with VARDE_SCREENS, makes each picture small (256 colours or fewer, no taller than a few windows) and writes
doc/screens.md, which shows them. NAME... makes only what these tests show."""
import glob
import os
import re
import subprocess
import sys
import tempfile

import _browser as b

FOLDER, PAGE = os.path.join(b.ROOT, "doc/screens"), os.path.join(b.ROOT, "doc/screens.md")
PICTURES = "pillow==13.0.0"
BYTES_MAX, TALL_MAX, COLOURS = 3_000_000, 1500, 16
# Sections of the page: tests whose pictures belong together, and their title.
SECTIONS = [("public", "Public, without JavaScript"), ("filing", "A company reports, an officer answers"), ("people", "People, account, administration"),
            ("desk", "A night at the desk"), ("abroad", "What leaves, and what comes in without account"), ("supervision", "Supervision"),
            ("union", "The Union, figures, law"), ("crisis", "The crisis room, in an exercise")]


def shrink(source, target):
    """Few colours, chosen by how often they occur: text on a plain ground stays sharp."""
    from PIL import Image
    with Image.open(source) as image:
        plain = image.convert("RGB")
        if plain.height > TALL_MAX:
            plain = plain.crop((0, 0, plain.width, TALL_MAX))
        plain.quantize(colors=COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(target, optimize=True)


def words_of(name):
    return name.replace("-", " ").capitalize()


def main():
    count = b.v.Count()
    b.venv(count)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PICTURES]
    if subprocess.run([sys.executable, "-c", "import PIL"], stderr=subprocess.DEVNULL, check=False).returncode != 0 and subprocess.run(pip, check=False).returncode != 0:
        count.check(False, "Pillow can be had from PyPI")
        return count.done()
    wanted = sys.argv[1:] or [os.path.basename(path)[:-3] for path in sorted(glob.glob(os.path.join(b.ROOT, "test/web/[a-z]*.py")))]
    os.makedirs(FOLDER, exist_ok=True)
    lines = ["# Screens", "", "Made by the tests of `test/web/` (`make V=release screens`); every name and figure in them is invented. Tall pages are cut.", ""]
    titles = dict(SECTIONS)
    known = [name for name, _ in SECTIONS if name in wanted] + [name for name in wanted if name not in titles]
    for test in known:
        with tempfile.TemporaryDirectory(prefix="varde-screens-") as made:
            run = subprocess.run([sys.executable, os.path.join(b.ROOT, f"test/web/{test}.py")], env={**os.environ, "VARDE_SCREENS": made}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            count.equal(run.returncode, 0, f"{test}: {run.stdout[-600:]}")
            shots = sorted(glob.glob(made + "/*.png"), key=os.path.getmtime)
            if shots:
                lines += [f"## {titles.get(test, words_of(test))}", ""]
            for path in shots:
                name = os.path.basename(path)
                shrink(path, os.path.join(FOLDER, name))
                lines += [f"**{words_of(name[:-4])}**", "", f"![{words_of(name[:-4])}](screens/{name})", ""]
            print(f"{test}: {len(shots)} pictures", flush=True)
    if not sys.argv[1:]:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write("\n".join(lines).rstrip() + "\n")
        shown = set(re.findall(r"\(screens/([^)]+)\)", "\n".join(lines)))
        for path in glob.glob(FOLDER + "/*.png"):
            if os.path.basename(path) not in shown:
                os.remove(path)
    total = sum(os.path.getsize(path) for path in glob.glob(FOLDER + "/*.png"))
    print(f"{len(glob.glob(FOLDER + '/*.png'))} pictures, {total / 1e6:.1f} MB")
    count.check(total <= BYTES_MAX, f"{total} bytes of pictures, at most {BYTES_MAX}")
    return count.done()


if __name__ == "__main__":
    sys.exit(main())
