//! Formulas: from text to a program in the order in which it is reckoned, operands before their operator.

use crate::error::shown;

/// Most parentheses, signs and functions in each other.
const DEEPEST: usize = 16;

/// Most characters of a formula.
const LONGEST: usize = 2000;

/// Most numbers that wait at once. Within each nesting at most three can: the left side of a sum, that of a product, and the first
/// of two places.
pub(super) const STACK: usize = 4 * (DEEPEST + 1);

/// The function that a formula may name.
pub const ARC: &str = "arc";

/// A step of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    /// A number is put onto the stack.
    Degrees(f64),
    /// A point's longitude is.
    Point(u16),
    /// The longitude of the ruler of the sign that a point is in.
    Ruler(u16),
    /// Another lot's longitude.
    Lot(u16),
    /// The last number on it is replaced by its negative.
    Negate,
    /// The last two by their sum.
    Add,
    /// By their difference.
    Subtract,
    /// By their product.
    Multiply,
    /// By their quotient.
    Divide,
    /// By the shorter way between them.
    Arc,
}

/// What is wrong with a formula.
#[derive(Debug)]
pub(super) struct Fault {
    /// The byte at which it shows.
    pub(super) at: usize,
    /// What it is, and what to do.
    pub(super) problem: String,
}

/// Compiles a formula; `resolve` says what a name in lower case stands for, or what is wrong with it.
pub(super) fn compile(
    text: &str,
    mut resolve: impl FnMut(&str) -> Result<Op, String>,
) -> Result<Vec<Op>, Fault> {
    if text.trim().is_empty() {
        return fault(0, "the formula is empty: write one such as `ascendant + moon - sun`");
    }
    if text.len() > LONGEST {
        return fault(
            0,
            format!("the formula is longer than {LONGEST} bytes: make parts of it lots of their own"),
        );
    }
    let mut parser = Parser { text, at: 0, ops: Vec::new(), resolve: &mut resolve };
    parser.sum(0)?;
    match parser.next() {
        None => Ok(parser.ops),
        Some(')') => fault(parser.at, "this `)` closes nothing: leave it out, or write `(` before"),
        Some(_) => fault(parser.at, "expected + - * / or the end of the formula here"),
    }
}

fn fault<T>(at: usize, problem: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { at, problem: problem.into() })
}

struct Parser<'a> {
    text: &'a str,
    /// Bytes that are read.
    at: usize,
    ops: Vec<Op>,
    resolve: &'a mut dyn FnMut(&str) -> Result<Op, String>,
}

/// The number that a part of a formula always is, if it names nothing.
type Constant = Option<f64>;

impl Parser<'_> {
    /// The next character that is no space.
    fn next(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed.chars().next()
    }

    /// Takes the next character if it is one of these. The minus of typesetters is one too.
    fn take(&mut self, of: &[char]) -> Option<char> {
        let next = self.next()?;
        let meant = if next == '\u{2212}' { '-' } else { next };
        of.contains(&meant).then(|| {
            self.at += next.len_utf8();
            meant
        })
    }

    fn sum(&mut self, depth: usize) -> Result<Constant, Fault> {
        let mut left = self.product(depth)?;
        while let Some(sign) = self.take(&['+', '-']) {
            let right = self.product(depth)?;
            let (op, value) = if sign == '+' {
                (Op::Add, left.zip(right).map(|(a, b)| a + b))
            } else {
                (Op::Subtract, left.zip(right).map(|(a, b)| a - b))
            };
            self.ops.push(op);
            left = value;
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Constant, Fault> {
        let mut left = self.factor(depth)?;
        while let Some(sign) = self.take(&['*', '/']) {
            self.next();
            let begin = self.at;
            let right = self.factor(depth)?;
            if sign == '/' && right == Some(0.0) {
                return fault(begin, "it divides by nothing: write what it shall be divided by");
            }
            let (op, value) = if sign == '*' {
                (Op::Multiply, left.zip(right).map(|(a, b)| a * b))
            } else {
                (Op::Divide, left.zip(right).map(|(a, b)| a / b))
            };
            self.ops.push(op);
            left = value;
        }
        Ok(left)
    }

    fn factor(&mut self, depth: usize) -> Result<Constant, Fault> {
        let next = self.next();
        if depth > DEEPEST {
            let problem = format!(
                "more than {DEEPEST} parentheses or signs in each other: make the inner part a lot of its own"
            );
            return fault(self.at, problem);
        }
        if self.take(&['-']).is_some() {
            let value = self.factor(depth + 1)?;
            self.ops.push(Op::Negate);
            return Ok(value.map(|value| -value));
        }
        if self.take(&['(']).is_some() {
            let value = self.sum(depth + 1)?;
            self.expect(')', "a `)` is missing here")?;
            return Ok(value);
        }
        match next {
            Some('0'..='9' | '.') => self.number(),
            Some(first) if first.is_ascii_alphabetic() => self.named(depth),
            Some(')' | '+' | '*' | '/' | ',') | None => {
                fault(self.at, "expected a name, a number or `(` here")
            }
            Some(other) => fault(
                self.at,
                format!(
                    "`{}` means nothing here: formulas have names, numbers, + - * / and parentheses",
                    other.escape_debug()
                ),
            ),
        }
    }

    fn expect(&mut self, wanted: char, problem: &str) -> Result<(), Fault> {
        if self.take(&[wanted]).is_some() { Ok(()) } else { fault(self.at, problem) }
    }

    /// The characters from here on that fit.
    fn word(&mut self, fits: impl Fn(char) -> bool) -> &str {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(|c| !fits(c)).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn number(&mut self) -> Result<Constant, Fault> {
        let begin = self.at;
        let digits = self.word(|c| c.is_ascii_digit() || c == '.');
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.ops.push(Op::Degrees(value));
                Ok(Some(value))
            }
            _ => {
                let problem = format!("`{}` is no number: write degrees such as 15 or 15.5", shown(digits));
                fault(begin, problem)
            }
        }
    }

    fn named(&mut self, depth: usize) -> Result<Constant, Fault> {
        let begin = self.at;
        let name = self.word(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':').to_ascii_lowercase();
        if self.take(&['(']).is_some() {
            if name != ARC {
                let problem = format!("`{}` is no function: the only one is {ARC}(a, b)", shown(&name));
                return fault(begin, problem);
            }
            self.sum(depth + 1)?;
            self.expect(',', "arc takes two places: a `,` is missing here")?;
            self.sum(depth + 1)?;
            self.expect(')', "arc takes two places: a `)` is missing here")?;
            self.ops.push(Op::Arc);
            return Ok(None);
        }
        match (self.resolve)(&name) {
            Ok(op) => {
                self.ops.push(op);
                Ok(None)
            }
            Err(problem) => fault(begin, problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(text: &str) -> Result<Vec<Op>, Fault> {
        compile(text, |name| match name {
            "a" => Ok(Op::Point(0)),
            "b" => Ok(Op::Point(1)),
            _ => Err(format!("unknown `{name}`")),
        })
    }

    /// How deep the stack of a program becomes, and that it ends with one number.
    fn depth(ops: &[Op]) -> usize {
        let (mut now, mut most) = (0_usize, 0);
        for op in ops {
            match op {
                Op::Degrees(_) | Op::Point(_) | Op::Ruler(_) | Op::Lot(_) => now += 1,
                Op::Negate => {}
                _ => now -= 1,
            }
            most = most.max(now);
        }
        assert_eq!(now, 1);
        most
    }

    #[test]
    fn products_come_before_sums_and_the_left_before_the_right() {
        use Op::{Add, Arc, Degrees, Divide, Multiply, Negate, Point, Subtract};
        assert_eq!(compiled("a + b*2").unwrap(), [Point(0), Point(1), Degrees(2.0), Multiply, Add]);
        assert_eq!(compiled("a-b - 1").unwrap(), [Point(0), Point(1), Subtract, Degrees(1.0), Subtract]);
        assert_eq!(
            compiled("(A - B) / -.5").unwrap(),
            [Point(0), Point(1), Subtract, Degrees(0.5), Negate, Divide]
        );
        assert_eq!(
            compiled("arc(a, b) \u{2212} 1").unwrap(),
            [Point(0), Point(1), Arc, Degrees(1.0), Subtract]
        );
    }

    #[test]
    fn faults_are_told_where_they_are() {
        for (text, at, word) in [
            ("", 0, "empty"),
            ("   ", 0, "empty"),
            ("a +", 3, "expected a name"),
            ("a + * b", 4, "expected a name"),
            ("a b", 2, "expected +"),
            ("a)", 1, "closes nothing"),
            ("(a", 2, "`)` is missing"),
            ("a + moo", 4, "unknown `moo`"),
            ("a / 0", 4, "divides by nothing"),
            ("a / (2 - 1 - 1)", 4, "divides by nothing"),
            ("a /", 3, "expected a name"),
            ("1.2.3", 0, "no number"),
            (".", 0, "no number"),
            ("a § b", 2, "expected +"),
            ("§", 0, "means nothing"),
            ("a + \"", 4, "means nothing"),
            ("arc(a)", 5, "`,` is missing"),
            ("arc(a, b, a)", 8, "`)` is missing"),
            ("sin(a)", 0, "no function"),
        ] {
            let fault = compiled(text).unwrap_err();
            assert!(fault.problem.contains(word), "{text}: {}", fault.problem);
            assert_eq!(fault.at, at, "{text}: {}", fault.problem);
        }
        let digits = "9".repeat(400);
        assert!(compiled(&digits).unwrap_err().problem.contains("no number"));
    }

    #[test]
    fn depth_is_bounded_and_fits_the_stack() {
        let nested = |times: usize| {
            let mut text = "a".to_owned();
            for _ in 0..times {
                text = format!("a + b * arc(a, {text})");
            }
            text
        };
        assert!(depth(&compiled(&nested(DEEPEST)).unwrap()) <= STACK);
        assert!(compiled(&nested(DEEPEST + 1)).unwrap_err().problem.contains("lot of its own"));
        assert!(compiled(&"(".repeat(1500)).unwrap_err().problem.contains("lot of its own"));
        assert!(compiled(&format!("{}a", "-".repeat(1500))).unwrap_err().problem.contains("lot of its own"));
        assert!(compiled(&"a+".repeat(1500)).unwrap_err().problem.contains("longer"));
        let long = format!("{}a", "a + ".repeat(400));
        assert_eq!(depth(&compiled(&long).unwrap()), 2);
    }
}
