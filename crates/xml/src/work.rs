//! What is done, counted: tests show by it how cost grows, without a clock. Outside tests nothing is counted.

/// Counts some steps: bytes that are looked at or written, names that are compared, nodes and declarations that are visited.
#[inline(always)]
pub(crate) fn done(steps: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + steps);
    #[cfg(not(test))]
    let _ = steps;
}

/// The steps of this thread since the last question.
#[cfg(test)]
pub(crate) fn take() -> usize {
    STEPS.replace(0)
}

#[cfg(test)]
thread_local!(static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });

#[cfg(test)]
mod tests {
    use super::take;
    use crate::c14n::{C14nError, Method, Subtree, canonicalize, canonicalize_within, octets_max};
    use crate::{Document, XmlLimits};

    const LIMITS: XmlLimits = XmlLimits {
        bytes_max: 64 << 20,
        depth_max: 1 << 24,
        elements_max: 1 << 24,
        attributes_max: 1 << 24,
    };

    fn methods() -> [Method; 4] {
        let listed = vec!["p".to_owned(), "a1".to_owned(), "#default".to_owned()];
        [
            Method::Inclusive,
            Method::Inclusive11,
            Method::exclusive(),
            Method::Exclusive {
                inclusive_prefixes: listed,
            },
        ]
    }

    /// The steps of reading a document, of its canonical forms and those of its innermost element, of its Ids and its
    /// positions.
    fn steps(text: &str) -> usize {
        take();
        let document = Document::parse(text.as_bytes(), &LIMITS).unwrap();
        let innermost = document.elements().last().unwrap();
        for method in methods() {
            for subtree in [Subtree::document(&document), Subtree::element(innermost)] {
                canonicalize(&subtree, &method).unwrap();
            }
        }
        for id in 0..16 {
            assert!(document.attributes_called_id(&format!("id{id}")).count() <= 1);
        }
        let _ = innermost.position();
        take()
    }

    /// Sixteen times as much takes sixteen times as many steps, and less than twice that where names are sorted and numbers get
    /// longer; by the square it would be 256 times.
    fn is_linear(make: impl Fn(usize) -> String) {
        let (small, large) = (make(256), make(256 * 16));
        let (few, many) = (steps(&small), steps(&large));
        assert!(many <= few * 16 * 2, "{few} and {many} steps");
        assert!(few >= small.len(), "the steps are counted");
    }

    fn repeated(start: &str, n: usize, end: &str, item: impl Fn(usize) -> String) -> String {
        let items: String = (0..n).map(item).collect();
        format!("{start}{items}{end}")
    }

    #[test]
    fn elements_ids_and_depth_cost_in_proportion() {
        is_linear(|n| repeated("<a>", n, "</a>", |i| format!("<b id='id{i}'/>")));
        is_linear(|n| {
            let long = "i".repeat(100);
            repeated("<a>", n, "</a>", |i| format!("<b id='{long}{i}'/>"))
        });
        is_linear(|n| format!("{}{}", "<a xml:lang='kk'>".repeat(n), "</a>".repeat(n)));
    }

    #[test]
    fn attributes_cost_in_proportion() {
        is_linear(|n| repeated("<a", n, "/>", |i| format!(" x{i}='1'")));
        is_linear(|n| {
            repeated("<a xmlns:p='urn:p'", n, "/>", |i| {
                format!(" p:x{}='1'", (i * 7919) % n)
            })
        });
        is_linear(|n| {
            let own = repeated("<b", n, "/>", |i| format!(" xml:x{i}='1'"));
            repeated("<a", n, &format!(">{own}</a>"), |i| {
                format!(" xml:y{i}='1'")
            })
        });
    }

    #[test]
    fn namespaces_cost_in_proportion() {
        is_linear(|n| {
            repeated("<a", n, "><b/><c/><d/></a>", |i| {
                format!(" xmlns:a{i}='urn:{i}'")
            })
        });
        is_linear(|n| repeated("<a>", n, "</a>", |i| format!("<p:b xmlns:p='urn:{i}'/>")));
        is_linear(|n| {
            let starts = repeated("", n, "", |i| format!("<p{i}:a xmlns:p{i}='urn:{i}'>"));
            let ends = repeated("", n, "", |i| format!("</p{}:a>", n - 1 - i));
            starts + &ends
        });
    }

    /// Two names as long as the rest, which differ at their ends, are compared for no attribute again.
    #[test]
    fn long_names_of_namespaces_cost_in_proportion() {
        is_linear(|n| {
            let long = "n".repeat(20 * n);
            let start = format!("<a xmlns:p='urn:{long}1' xmlns:q='urn:{long}2' q:x='' p:x=''>");
            repeated(&start, n, "</a>", |_| "<b q:x='' p:x='' x=''/>".to_owned())
        });
    }

    #[test]
    fn text_of_every_notation_costs_in_proportion() {
        is_linear(|n| {
            repeated("<a>", n, "</a>", |_| {
                "&amp;&#13;<![CDATA[x]]>\r\n<!-- > - > -->".to_owned()
            })
        });
        is_linear(|n| format!("<a b='{}'/>", "&lt;\r\n".repeat(n)));
    }

    /// A name that each of many elements declares anew in its canonical form (Exclusive C14N, §3).
    #[test]
    fn a_canonical_form_that_grows_by_the_square_ends_at_its_bound() {
        let name = format!("urn:{}", "n".repeat(256 * 1024));
        let text = repeated(&format!("<a xmlns:p='{name}'>"), 20_000, "</a>", |_| {
            "<p:b/>".to_owned()
        });
        let document = Document::parse(text.as_bytes(), &LIMITS).unwrap();
        let whole = Subtree::document(&document);
        let max = octets_max(text.len());
        take();
        assert_eq!(
            canonicalize(&whole, &Method::exclusive()),
            Err(C14nError::TooLong { octets_max: max })
        );
        // One element more than those that went out.
        assert!(take() <= max + 2 * name.len());
        assert!(canonicalize(&whole, &Method::Inclusive).is_ok());
    }

    #[test]
    fn octets_are_as_many_as_the_caller_allows_and_no_more() {
        let text = format!("<a><b>{}</b><c>&lt;</c></a>", "x".repeat(10_000));
        let document = Document::parse(text.as_bytes(), &LIMITS).unwrap();
        let whole = Subtree::document(&document);
        let octets = canonicalize(&whole, &Method::Inclusive).unwrap();
        for (most, expected) in [
            (octets.len(), Ok(octets.clone())),
            (
                octets.len() - 1,
                Err(C14nError::TooLong {
                    octets_max: octets.len() - 1,
                }),
            ),
            (0, Err(C14nError::TooLong { octets_max: 0 })),
        ] {
            assert_eq!(
                canonicalize_within(&whole, &Method::Inclusive, most),
                expected
            );
        }
    }
}
