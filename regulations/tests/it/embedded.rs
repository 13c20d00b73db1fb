use qaqpa_regulations::Catalogue;

#[test]
fn the_embedded_catalogue_has_no_finding() {
    if let Err(error) = Catalogue::embedded() {
        panic!("{error}");
    }
}
