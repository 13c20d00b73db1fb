# Where the processor time of the actors went: reads `perf script -F comm,ip,sym --no-inline`, prints a table (Markdown).
#
#   perf script … | awk -v request_us=15000 -f scripts/profile.awk
#
# A sample counts for the first room of which any of its callers is: what a signature does inside the store's writer is a signature.
# The second table tells for whom: the function of ours that stands nearest to where the sample was taken, from one per cent of all on.
function room(name, pattern) { rooms++; names[rooms] = name; patterns[rooms] = pattern }
function ended(    i) {
  if (stack == "") return
  samples++
  for (i = 1; i <= rooms; i++) if (stack ~ patterns[i]) { counts[i]++; break }
  if (i > rooms) others++
  names[rooms + 1] = "else"
  for_whom[i SUBSEP nearest()]++
  stack = ""
}
# The function of ours nearest to the top of the stack, without its types and its hash.
function nearest(    lines, count, i, name) {
  count = split(stack, lines, "\n")
  for (i = 1; i <= count; i++) if (lines[i] ~ /qaqpa_/) {
    name = substr(lines[i], match(lines[i], /qaqpa_/))
    gsub(/::h[0-9a-f]+$|::\{\{closure\}\}|\{closure#[0-9]+\}| as .*$|>$/, "", name)
    sub(/[<(].*$/, "", name)
    sub(/::$/, "", name)
    return name
  }
  return "–"
}
function row(name, count) { printf "| %s | %.1f %% | %.0f |\n", name, 100 * count / samples, request_us * count / samples }
BEGIN {
  room("RSA signatures", "rsa_default_sign|RSA_sign|rsa_sign|sign_raw|RSA_private")
  room("RSA and ECDSA verifications", "RSA_verify|rsa_verify|RSA_public|EVP_PKEY_verify|EVP_DigestVerify|ECDSA_do_verify")
  room("TLS", "rustls")
  room("store: the log of a file brought home (checkpoint)", "heckpoint")
  room("store: a commit's pages, written and synced", "sqlite3BtreeCommit|sqlite3VdbeHalt|sqlite3PagerCommit|sqlite3WalFrames|pagerWalFrames")
  room("store: statements", "sqlite3_|sqlite3Vdbe")
  room("store: PostgreSQL's protocol", "sqlx_postgres")
  room("store: digests, locked bytes, the writer's queue", "qaqpa_store")
  room("evidence (OCSP, lists, paths) and verdicts", "qaqpa_evidence|qaqpa_verdict|qaqpa_x509")
  room("XML signatures: digests and canonical form", "qaqpa_xmldsig|qaqpa_ades|qaqpa_xml::c14n|qaqpa_xml::canon")
  room("reading and writing envelopes and documents", "qaqpa_wire|qaqpa_xml|qaqpa_channel::envelope")
  room("JSON", "serde_json")
  room("the actors and their channels", "qaqpa_(channel|gateway|regional|portal|nca|regulations|model|pki)")
  room("HTTP", "hyper|axum|tower|qaqpa_transport")
  room("runtime", "tokio|futures")
}
/^[^ \t]/ { ended(); next }
/^[ \t]*$/ { ended(); next }
{ stack = stack "\n" $0 }
END {
  ended()
  if (samples == 0) { print "no samples" > "/dev/stderr"; exit 1 }
  print "| where | share | µs a request |"
  print "|---|--:|--:|"
  for (i = 1; i <= rooms; i++) if (counts[i]) row(names[i], counts[i])
  if (others) row("else", others)
  printf "\n%d samples.\n", samples
  print "\n| where | for whom | share | µs a request |"
  print "|---|---|--:|--:|"
  for (one in for_whom) {
    if (for_whom[one] < samples / 100) continue
    split(one, part, SUBSEP)
    line = sprintf("| %s | `%s` | %.1f %% | %.0f |", names[part[1]], part[2], 100 * for_whom[one] / samples, request_us * for_whom[one] / samples)
    print line | "sort -t'|' -k2,2 -k5,5nr"
  }
}
