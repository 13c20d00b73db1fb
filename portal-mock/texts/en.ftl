# The portal's own texts. Shared ones (banner, buttons of the layout, languages) are in crates/web.

portal-name = e-Government portal
portal-tagline = a simulator of Kazakhstan's portal, for tests

# Navigation
nav-services = Services
nav-cabinet = My cabinet
nav-login = Log in
nav-register = Register

# Home
home-title = State services, played through from start to end
home-lead = This portal is part of Qaqpa, an open simulator of the e-government gateway. Applications, certificates and people here are made for tests: nothing reaches a real authority.
home-choose = Choose a service
home-enter = Open my cabinet
home-how-title = The way of an application
home-how-login = Log in with your IIN and password
home-how-login-text = The portal checks that the registered applicant's data are genuine.
home-how-fill = Fill in the form
home-how-fill-text = Attach electronic copies of the documents and choose the certificate you will sign with.
home-how-sign = Sign and send
home-how-sign-text = The gateway checks the signature and passes the application on to the provider.
home-how-result = Receive the result
home-how-result-text = A document signed by the provider's officer arrives in your cabinet.
home-services-title = Services
home-services-text = What can be asked for on this portal, by the acts in the catalogue.
home-testers-title = For those who test
home-testers-text = The ready-made people (IIN, password, key files) are listed in the file endpoints.json of the simulator's data folder. Every page says to a script what it says to you: refusals carry their label and the element of the regulation.

# Registration
register-title = Registration
register-lead = Your name comes from the simulated register of persons. Only the ready-made TEST people are in it.
register-submit = Register
register-have-account = Already registered?
register-done = You are registered. Now log in with your IIN and password.
field-iin = IIN
field-iin-hint = individual identification number, 12 digits
field-password = Password
field-password-new-hint = at least { $min } characters
field-password-again = Password once more
field-surname = Surname
field-given-name = Given name
error-password-short = The password must have at least { $min } characters.
error-password-long = The password may have at most { $max } characters.
error-password-again = The two passwords differ.
error-registered = Somebody is already registered with this IIN. Log in instead.
error-iin-shape = An IIN is exactly 12 digits.
error-iin-date = The first six digits of the IIN are not a date.
error-iin-kind = The seventh digit of the IIN must be from 1 to 6.
error-iin-check = The last digit of the IIN does not fit the others. Check for a typing mistake.
error-name-differs = This is not what the register of persons says.

# Login
login-title = Log in
login-lead = With your IIN and the password of your registration on the portal.
login-submit = Log in
login-no-account = Not registered yet?
login-needed = Log in to go on.

# Services
services-title = Services
services-lead = Each service runs as its act prints it.
services-none = No service can be asked for here yet.
service-provider = Provider
service-result = Result
service-documents = Documents to attach
service-fields = What the form asks
service-deadline = Deadlines
service-flow = How it goes
service-start = Apply
service-start-login = Log in to apply
service-required = required
service-optional = optional
service-outcome-yes = yes
service-outcome-no = no

# Application: common
application-title = Application
application-number = Number
application-message = Message id
application-created = Begun
application-sent = Sent
crumb-form = Form
crumb-certificate = Certificate
crumb-sign = Signature
crumb-status = Status

# Form
form-title = Fill in the application
form-lead = Fields marked with an asterisk must be filled in. What you have entered stays, even if something is still missing.
form-person = Applicant
form-person-text = From the register of persons; cannot be changed here.
form-answers = Details
form-attachments = Documents
form-attachments-text = Electronic copies: PDF, JPEG or PNG, at most { $megabytes } MB each.
form-attached = Attached: { $name }, { $size }
form-remove = Take away
form-replace = Choose another file to replace it
form-next = On to the certificate
form-save = Save the draft
form-saved = The draft is saved.
form-errors = { $count ->
    [one] One thing is still to be corrected.
   *[other] { $count } things are still to be corrected.
}
field-problem-characters = This has a character that cannot stand here.
field-problem-date = Write a date of the calendar: year-month-day.
field-problem-iin = This is not an IIN: twelve digits, a date, a check digit.
field-problem-long = This is too long: at most { $max } characters.
field-problem-missing = This must be filled in.
field-problem-option = Choose one of the list.
field-problem-phone = Write a telephone number: + and 7 to 15 digits.
field-problem-short = This is too short: at least { $min } characters.
error-too-many = Too many attempts. Try again in { $seconds } s.
error-document-total = All attachments together may have at most { $megabytes } MB.
error-document-missing = This document must be attached.
error-document-type = The file is not one of the allowed kinds: { $types }.
error-document-size = The file is larger than { $megabytes } MB.
error-document-empty = The file is empty.
error-document-name = The file's name cannot be used.
size-bytes = { $n } bytes
size-kilobytes = { $n } KB
size-megabytes = { $n } MB

# Certificate
certificate-title = Choose the certificate you will sign with
certificate-lead = Before the application is signed, the portal checks that the certificate is valid, not on the list of revoked ones, and yours: its IIN must be the one of the application.
certificate-lead-after = The application is signed with it on the next page. Then the portal checks the certificate and the signature: valid, not on the list of revoked ones, and yours.
certificate-key-file = Key file (.p12)
certificate-key-password = Password of the key file
certificate-key-hint = Only the certificate is read from it. Neither the key nor the password is kept.
certificate-or = or
certificate-file = The certificate alone (.cer, .pem)
certificate-file-hint = If you sign outside the portal.
certificate-submit = Check the certificate
certificate-submit-after = Use this certificate
certificate-with-key = With your key file
certificate-alone = Without the key
certificate-chosen = The certificate you chose
certificate-holder = Holder
certificate-iin = IIN
certificate-issuer = Issuer
certificate-valid = Valid
certificate-valid-span = from { $from } to { $to }
certificate-serial = Serial number
certificate-other = Choose another certificate
error-file-missing = Choose a file.
error-key-password = The password does not open this key file.
error-key-unreadable = This is not a key file (PKCS#12) that can be read.
error-key-other = This key's certificate is not the one that was checked. Sign with the chosen one, or choose another certificate first.
error-certificate-unreadable = This is not a certificate that can be read.

# Sign
sign-title = Sign and send
sign-lead = Below is exactly what you sign, character for character.
sign-what = The document
sign-download = Download the XML to sign it elsewhere
sign-here = Sign here
sign-here-text = The key file and its password are used for this one signature and forgotten.
sign-here-submit = Sign and send
sign-elsewhere = Signed elsewhere
sign-elsewhere-text = Download the XML, sign it with “qaqpa sign” or another tool, and upload the signed file.
sign-signed-file = Signed XML
sign-elsewhere-submit = Send the signed file
sign-size = { $bytes } bytes, SHA-256 { $digest }
sign-clipped = Only the beginning is shown: attachments make the rest. The download is complete.
error-signed-unreadable = The file cannot be read as a signed document.
error-signed-other = This file is signed, but it is not the document of this application. Download it again and sign it unchanged.

# Status
status-title = Status of the application
delivery-none = Not sent yet
delivery-queued = The gateway does not answer at the moment. The application is kept and will be sent on by itself.
delivery-accepted = The gateway has accepted the application
delivery-refused = The gateway has refused the application
status-progress = The way so far
status-way = The flow as a diagram
status-way-alt = The flow with the way so far; its steps are listed above
status-way-open = Open the diagram
status-step-now = in progress
status-continue = Go on
status-document = Open the document
status-signed-download = What was sent (signed XML)
status-repeat = Begin again with these answers
status-content = What was asked
status-attachments = Documents
status-refresh = Look again
status-waiting = The provider is looking at the application. The result will arrive in the cabinet.

# Refusal
refusal-title = Refused
refusal-where = Element of the regulation
refusal-label = Label
refusal-check = The check that failed
refusal-evidence = Evidence
refusal-remedy = What you can do
refusal-clause = By

# Cabinet
cabinet-title = My cabinet
cabinet-hello = Good day, { $name }
cabinet-history = History of services
cabinet-history-all = Whole history
cabinet-history-empty = You have not asked for anything yet.
cabinet-notifications = Notifications
cabinet-notifications-all = All notifications
cabinet-notifications-empty = No notifications yet.
cabinet-notification-new = new
cabinet-documents = Documents
cabinet-documents-empty = No document has arrived yet. When the provider answers, it appears here.
cabinet-new = New application
cabinet-column-date = Date
cabinet-column-service = Service
cabinet-column-status = Status

# Notifications
notification-sent = Your application was accepted by the gateway.
notification-registered = Your application was registered at the provider.
notification-in-work = The provider is working on your application.
notification-refused = Your application was refused: { $reason }
notification-granted = The result has arrived: the document is in your cabinet.
notification-result-refused = The provider has refused the service. The reasoned answer is in your cabinet.

# Document
document-title = Document
document-granted = Granted
document-refused = Refused with grounds
document-issued = Issued
document-officer = Signed by
document-applicant = For
document-grounds = Grounds of the refusal
document-verdict = The signature
document-verdict-at-arrival = Checked at arrival
document-verdict-now = Checked now
document-verify = Check again now
document-download = Download the signed XML
document-application = To the application
document-signed-only = Everything above is read from the part of the document that the signature covers.
document-result-id = Document number
verdict-total-passed = The signature is valid
verdict-total-failed = The signature is not valid
verdict-indeterminate = It could not be decided whether the signature is valid
verdict-check = Check
verdict-answer = Answer
verdict-why = Why
answer-pass = passed
answer-fail = failed
answer-undecided = undecided

# Centre
centre-title = Service centre
centre-lead = The desk of the service centre is not part of this version.
centre-text = Here an operator of the service centre or of the State Corporation will receive applicants, scan their papers and sign with the operator's own key. Until then, ask for services on the portal.
centre-to-portal = To the portal


# Elements of a flow
element-process = process { $number }
element-condition = condition { $number }
element-step = step { $number }
element-check = check { $number }

# Checks of a verdict
check-structure = Exactly one signature, well built
check-scope = The signature covers the whole document
check-content = The content is what was signed
check-value = Signed by the key of this certificate
check-timestamp = The time stamp proves when the document was signed
check-chain = The certificate's issuer is trusted
check-validity = The certificate was in its period
check-purpose = The certificate is one for signing
check-revocation = The certificate is neither revoked nor suspended
check-iin = The signer is the submitter
answer-not-asked = not asked

# Deadlines
period-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
period-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
period-working-days = { $n ->
    [one] { $n } working day
   *[other] { $n } working days
}
period-calendar-days = { $n ->
    [one] { $n } calendar day
   *[other] { $n } calendar days
}
