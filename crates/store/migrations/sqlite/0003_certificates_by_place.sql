-- The register is read page by page, and by serial number alone.
CREATE INDEX certificates_position ON certificates (position);
CREATE INDEX certificates_serial ON certificates (serial);
