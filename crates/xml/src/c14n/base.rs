//! Joining `xml:base` attributes (C14N 1.1, §2.4): RFC 3986 §5.2 with the changes that C14N makes to it.

/// One value that stands for all of them, the innermost first; may be empty, and is not shown then.
///
/// Pure text: nothing is looked up.
pub(crate) fn joined<'v>(innermost_first: impl IntoIterator<Item = &'v str>) -> String {
    innermost_first
        .into_iter()
        .fold(None, |inner: Option<String>, outer| {
            Some(match inner {
                None => outer.to_owned(),
                Some(inner) => join(outer, &inner),
            })
        })
        .unwrap_or_default()
}

/// RFC 3986, appendix B: the parts of a reference.
#[derive(Clone, Copy)]
struct Parts<'v> {
    scheme: Option<&'v str>,
    authority: Option<&'v str>,
    path: &'v str,
    query: Option<&'v str>,
}

impl<'v> Parts<'v> {
    /// The fragment is dropped: C14N 1.1, §2.4, ignores that of a reference, and a base has none (RFC 3986, §5.1).
    fn of(reference: &'v str) -> Self {
        let (rest, _) = cut(reference, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = match rest.find([':', '/']) {
            Some(at) if at > 0 && rest[at..].starts_with(':') => {
                (Some(&rest[..at]), &rest[at + 1..])
            }
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Self {
            scheme,
            authority,
            path,
            query,
        }
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// RFC 3986, §5.2.2 and §5.3, for a base that need not have a scheme.
fn join(base: &str, reference: &str) -> String {
    let (base, reference) = (Parts::of(base), Parts::of(reference));
    let mut scheme = base.scheme;
    let mut authority = base.authority;
    let mut query = reference.query;
    let path = if reference.scheme.is_some() {
        scheme = reference.scheme;
        authority = reference.authority;
        without_dots(reference.path)
    } else if reference.authority.is_some() {
        authority = reference.authority;
        without_dots(reference.path)
    } else if reference.path.is_empty() {
        query = query.or(base.query);
        with_slash_after_dots(base.path)
    } else if reference.path.starts_with('/') {
        without_dots(reference.path)
    } else {
        without_dots(&merged(&base, reference.path))
    };
    let mut joined = String::with_capacity(path.len() + 16);
    if let Some(scheme) = scheme {
        joined.push_str(scheme);
        joined.push(':');
    }
    if let Some(authority) = authority {
        joined.push_str("//");
        joined.push_str(authority);
    }
    joined.push_str(&path);
    if let Some(query) = query {
        joined.push('?');
        joined.push_str(query);
    }
    joined
}

/// RFC 3986, §5.2.3, for a base whose path may end in `..`.
fn merged(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    let base = with_slash_after_dots(base.path);
    let directory = base.rfind('/').map_or(0, |slash| slash + 1);
    format!("{}{path}", &base[..directory])
}

/// C14N 1.1, §2.4: a last segment `..` of a base is `../`.
fn with_slash_after_dots(path: &str) -> String {
    let slash = if path == ".." || path.ends_with("/..") {
        "/"
    } else {
        ""
    };
    format!("{path}{slash}")
}

/// RFC 3986, §5.2.4, as C14N 1.1, §2.4, changes it: `..` at the beginning of a relative path stays, several slashes are
/// one, and a slash follows `..` at the end.
fn without_dots(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => match segments.last() {
                Some(&last) if last != ".." => {
                    segments.pop();
                }
                None if is_absolute => {}
                _ => segments.push(".."),
            },
            name => segments.push(name),
        }
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_directory = matches!(last, "" | "." | "..");
    let mut out = String::with_capacity(path.len() + 1);
    if is_absolute {
        out.push('/');
    }
    out.push_str(&segments.join("/"));
    if is_directory && !segments.is_empty() {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: Canonical XML 1.1, appendix A.
    #[test]
    fn dot_segments_are_removed_as_in_the_table_of_c14n_1_1() {
        for (path, expected) in [
            (
                "no/.././/pseudo-netpath/seg/file.ext",
                "pseudo-netpath/seg/file.ext",
            ),
            (
                "no/..//.///pseudo-netpath/seg/file.ext",
                "pseudo-netpath/seg/file.ext",
            ),
            (
                "yes/no//..//.///pseudo-netpath/seg/file.ext",
                "yes/pseudo-netpath/seg/file.ext",
            ),
            ("no/../yes", "yes"),
            ("no/../yes/", "yes/"),
            ("no/../yes/no/..", "yes/"),
            ("../../no/../..", "../../../"),
            ("no/../..", "../"),
            ("no/..", ""),
            ("no/../", ""),
            ("/a/b/c/./../../g", "/a/g"),
            ("mid/content=5/../6", "mid/6"),
            ("../../..", "../../../"),
            ("no/../../", "../"),
            ("..yes/..no/..no/..no/../../../..yes", "..yes/..yes"),
            ("..yes/..no/..no/..no/../../../..yes/", "..yes/..yes/"),
            ("../..", "../../"),
            ("../../../", "../../../"),
            (".", ""),
            ("./", ""),
            ("./.", ""),
            ("//no/..", "/"),
            ("../../no/..", "../../"),
            ("../../no/../", "../../"),
            ("yes/no/../", "yes/"),
            ("yes/no/no/../..", "yes/"),
            ("yes/no/no/no/../../..", "yes/"),
            ("yes/no/../yes/no/no/../..", "yes/yes/"),
            ("yes/no/no/no/../../../yes", "yes/yes"),
            ("yes/no/no/no/../../../yes/", "yes/yes/"),
            ("/no/../", "/"),
            ("/yes/no/../", "/yes/"),
            ("/yes/no/no/../..", "/yes/"),
            ("/yes/no/no/no/../../..", "/yes/"),
            ("../../..no/..", "../../"),
            ("../../..no/../", "../../"),
            ("..yes/..no/../", "..yes/"),
            ("..yes/..no/..no/../..", "..yes/"),
            ("..yes/...no/..no/..no/../../..", "..yes/"),
            ("..yes/..no/../..yes/..no/..no/../..", "..yes/..yes/"),
            ("/..no/../", "/"),
            ("/..yes/..no/../", "/..yes/"),
            ("/..yes/..no/..no/../..", "/..yes/"),
            ("/..yes/..no/..no/..no/../../..", "/..yes/"),
            ("/", "/"),
            ("/.", "/"),
            ("/./", "/"),
            ("/./.", "/"),
            ("/././", "/"),
            ("/..", "/"),
            ("/../..", "/"),
            ("/../../..", "/"),
            ("//..", "/"),
            ("//..//..", "/"),
            ("//..//..//..", "/"),
            ("/./..", "/"),
            ("/./.././..", "/"),
            ("/./.././.././..", "/"),
            ("..", "../"),
            ("../", "../"),
        ] {
            assert_eq!(without_dots(path), expected, "{path}");
        }
    }

    /// Source: Canonical XML 1.1, §2.4 and §3.8.
    #[test]
    fn relative_bases_join_to_relative_ones() {
        assert_eq!(join("abc/", "../"), "");
        assert_eq!(join("../", "../"), "../../");
        assert_eq!(join("..", ".."), "../../");
        assert_eq!(joined(["x", "..", ".."]), "../../x");
        assert_eq!(
            joined(["foo", "bar/", "something/else"]),
            "something/bar/foo"
        );
        assert_eq!(joined(["only"]), "only");
    }

    /// Source: RFC 3986, §5.4.1, less the fragments.
    #[test]
    fn absolute_bases_join_as_rfc_3986_says() {
        let base = "http://a/b/c/d;p?q";
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
        ] {
            assert_eq!(join(base, reference), expected, "{reference}");
        }
        assert_eq!(join("http://a", "g"), "http://a/g");
    }
}
