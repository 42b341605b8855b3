"""The estimate is never below what Mistral's own tokenizers count for what people write, and not far above."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.passages import rendered
from reviewbot.core.tokens import estimate, fewest
from tests.materials import realistic, told
from tests.requirements import require

ROOT = Path(__file__).parents[2]
_RNG = random.Random(20)
GO = """package ledger

func (s *Store) Post(ctx context.Context, id string, cents int64) error {
\tif cents <= 0 {
\t\treturn fmt.Errorf("amount %d: %w", cents, ErrAmount)
\t}
\tfor i := 0; i < len(s.rows); i++ {
\t\ts.rows[i].Total += cents // not yet safe
\t}
\treturn s.db.ExecContext(ctx, "UPDATE t SET a = a + ? WHERE id = ?", cents, id)
}
"""
RUST = """impl<'a, T: Iterator<Item = &'a str>> Reader<T> {
    pub fn next_key(&mut self) -> Option<Result<String, Error>> {
        match self.lines.next()?.split_once('=') {
            Some((key, _)) if !key.is_empty() => Some(Ok(key.trim().to_owned())),
            _ => { self.failed += 1; Some(Err(Error::new(ErrorKind::InvalidData, "no key"))) }
        }
    }
}
"""
JAVA = """@Override
public Map<String, List<Account>> groupByOwner(final Collection<? extends Account> accounts) {
    return accounts.stream().filter(a -> a != null && !a.isClosed())
        .collect(Collectors.groupingBy(Account::getOwnerId, TreeMap::new, Collectors.toList()));
}
"""
TSX = """export const Total: React.FC<Props> = ({ items = [], onChange }) => {
  const [sum, setSum] = useState<number | null>(null);
  useEffect(() => { setSum(items.reduce((a, b) => a + b.price * b.count, 0)); }, [items]);
  return <div className="total" data-testid="sum">{sum ?? '—'} <a href={`/cart?id=${sum}`}>→</a></div>;
};
"""
CPP = """#define CHECK(x) do { if (!(x)) { std::abort(); } } while (0)
template <typename T> static inline T* at(std::vector<T>& v, size_t i) { return i <= v.size() ? &v[i] : nullptr; }
/* ------------------------------------------------------------------------- */
static const uint8_t TABLE[] = { 0x00, 0x1f, 0xA5, 0xff, 0x7E };
"""
SQL = "SELECT u.id, COUNT(*) FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE u.name LIKE '%x%' GROUP BY 1;\n"
CODE: dict[str, str] = {
    "go": GO * 4, "rust": RUST * 4, "java": JAVA * 4, "tsx": TSX * 4, "cpp": CPP * 4, "sql": SQL * 8,
    "python": Path(__file__).read_text("utf-8"),
    "ours": (ROOT / "reviewbot/core/plan.py").read_text("utf-8"),
    "tests": (ROOT / "tests/core/test_matching.py").read_text("utf-8"),
    "toml": (ROOT / "pyproject.toml").read_text("utf-8"),
    "markdown": (ROOT / "README.md").read_text("utf-8"),
    "prompt": "".join(rendered(one := told(file), one.rich) for file, _ in realistic(4, 1)),
    "minified": "".join(f"function {chr(97 + n)}(e,t){{return e&&t?e.n[{n}]:void 0}}var x{n}=!0;" for n in range(26)),
}  # fmt: skip
OTHER: dict[str, str] = {
    "chinese": "这个函数返回列表中所有元素的平均值，如果列表为空则抛出异常。" * 9,
    "japanese": "この関数はリスト内のすべての要素の平均値を返します。空の場合は例外を送出します。" * 9,
    "korean": "이 함수는 목록에 있는 모든 요소의 평균값을 반환하며 비어 있으면 예외를 발생시킵니다. " * 9,
    "russian": "Эта функция возвращает среднее значение всех элементов списка. " * 9,
    "arabic": "تعيد هذه الدالة متوسط جميع عناصر القائمة. " * 9,
    "hindi": "यह फ़ंक्शन सूची के सभी तत्वों का औसत लौटाता है। " * 9,
    "telugu": "ఈ ఫంక్షన్ జాబితాలోని అన్ని మూలకాల సగటును ఇస్తుంది. " * 9,
    "thai": "ฟังก์ชันนี้จะส่งคืนค่าเฉลี่ยขององค์ประกอบทั้งหมด " * 9,
    "french": "Cette fonction n'est appelée qu'à la fermeture, où l'élément vidé était déjà libéré. " * 9,
    "emoji": "".join(chr(code) for code in range(0x1F300, 0x1F5FF)),
    "families": "👨‍👩‍👧‍👦🏳️‍🌈" * 60,
    "rare": "".join(chr(code) for code in range(0x20000, 0x20200)),
    "latin": "".join(map(chr, range(0xA1, 0x100))) * 5,
    "base64": base64.b64encode(_RNG.randbytes(3000)).decode(),
    "hex": _RNG.randbytes(2000).hex(),
    "digits": "".join(str(_RNG.randrange(10)) for _ in range(2000)),
    "signs": "".join(_RNG.choice("-=*#/_.,;:!?<>(){}[]\"'\\|~`@$%^&+ ") for _ in range(3000)),
    "letters": "".join(chr(_RNG.randrange(97, 123)) for _ in range(3000)),
    "ascii": "".join(chr(_RNG.randrange(33, 127)) for _ in range(3000)),
    "controls": "".join(map(chr, range(32))) * 40,
    "private": "".join(map(chr, range(0xE000, 0xE200))),
    "blanks": "".join(_RNG.choice(" \t\n") for _ in range(2000)),
    "tabs": "\t" * 900, "lines": "\n" * 900, "spaces": " " * 900, "crlf": "x = 1;\r\n" * 90, "sprinkled": " -" * 900,
    "rules": "# " + " ====" * 300 + " ____" * 300, "[INST]": "[INST][/INST]<s></s>[TOOL_CALLS]" * 50,
    "one": "a", "blank": " ", "nothing": "",
}  # fmt: skip


@cache
def tokenizers() -> Mapping[str, Callable[[str], int]]:
    """Tokens of a text with the sign that begins it, by vocabulary."""
    require(find_spec("mistral_common") and find_spec("sentencepiece"), "mistral-common")
    from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

    both = {"v3": MistralTokenizer.v3(), "tekken": MistralTokenizer.v3(is_tekken=True)}
    inner = {name: one.instruct_tokenizer.tokenizer for name, one in both.items()}

    def counting(name: str) -> Callable[[str], int]:
        return lambda text: len(inner[name].encode(text, bos=True, eos=False))

    return {name: counting(name) for name in inner}


@pytest.mark.parametrize("vocabulary", ["v3", "tekken"])
@pytest.mark.parametrize("kind", [*CODE, *OTHER])
def test_the_estimate_is_not_below_the_count_and_the_fewest_not_above(kind: str, vocabulary: str) -> None:
    text = (CODE | OTHER)[kind]
    count = tokenizers()[vocabulary](text)
    assert fewest(text) <= count <= estimate(text)


@pytest.mark.parametrize("kind", list(CODE))
def test_for_code_the_estimate_is_at_most_twice_the_count(kind: str) -> None:
    assert estimate(CODE[kind]) <= 2 * tokenizers()["v3"](CODE[kind])


def test_an_estimate_is_no_guess_from_the_length() -> None:
    assert estimate("    " * 100) < 50
    assert estimate("é{;" * 100) >= 300


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_texts_one_below_the_other_have_no_more_tokens_than_both(one: str, two: str) -> None:
    assert estimate(f"{one}\n{two}") <= estimate(f"{one}\n") + estimate(two)


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_more_text_has_as_many_words_at_least(one: str, two: str) -> None:
    assert fewest(one) <= fewest(f"{one} {two}") <= len(f"{one} {two}")


def test_marks_that_are_vowels_end_no_word() -> None:
    """Else a server that read all of a Hindi text seems to have read half of it."""
    assert fewest("నుండి " * 100) == fewest("house " * 100) == 80
