# The workplace's own texts. What all pages share (banner, layout, error pages) stands in crates/web.

workplace-name = Workplace of the regional gateway
workplace-tagline = the provider’s automated workplace, a simulator for tests

nav-queue = Tasks
nav-cards = Register of applications
nav-login = Log in

# First page
home-title = From an application to a signed result
home-lead = Applications that the gateway has passed on are registered here, checked against the list of required documents and answered with a signed electronic document. People and documents are invented for tests.
home-open-queue = Open the tasks
home-waiting = { $n ->
    [one] { $n } task is waiting for you.
   *[other] { $n } tasks are waiting for you.
 }
home-overdue = { $n ->
    [one] { $n } is overdue
   *[other] { $n } are overdue
 }
home-how-title = What happens here
home-how-register = Registered
home-how-register-text = Every application becomes a card with a task for a unit, a role and a deadline. Its signature is examined again.
home-how-check = Checked
home-how-check-text = The officer opens the attachments and compares them with the list of required documents.
home-how-sign = Signed
home-how-sign-text = The result is signed with the key of the member of the staff; the key is forgotten with that one signing.
home-how-send = Sent
home-how-send-text = The gateway examines the result and passes it on to the applicant’s cabinet.
home-testers-title = For those who test
home-testers-text = Ready-made officers and heads (IIN, password, key files) are listed in endpoints.json in the simulator’s data folder. Every page says the same to a program as to you, in data attributes.

# Logging in
login-title = Log in to the workplace
login-lead = With the IIN and the password of a member of the provider’s staff.
login-needed = Please log in first.
login-iin = Individual identification number (IIN)
login-iin-hint = 12 digits
login-password = Password
login-submit = Log in
login-who = There is no registration here: the ready-made officers and heads belong to the units of the catalogue.
login-error-iin = An IIN has 12 digits with a date and a check digit.
login-error-wrong = IIN or password is wrong, or this person does not work here.
login-error-too-many = { $n ->
    [one] Too many failures. Try again in { $n } second.
   *[other] Too many failures. Try again in { $n } seconds.
 }

# Lists
queue-title = Tasks
queue-filter = Which tasks
queue-all = all open
queue-mine = taken by me
queue-overdue = overdue
queue-empty = No tasks here.
queue-count = { $n ->
    [one] { $n } task, the nearest deadline first
   *[other] { $n } tasks, the nearest deadline first
 }
cards-title = Register of applications
cards-lead = Every application of your unit, newest first.
cards-empty = No application has arrived yet.
column-number = Number
column-service = Service
column-applicant = Applicant
column-action = Action
column-registered = Registered
column-deadline = Deadline
column-holder = Taken by
column-state = State
holder-you = you
holder-nobody = nobody yet
role-officer = officer
role-head = head
role-clerk = clerk
role-executor = executor
role-specialist = specialist
deadline-left = { $span } left
deadline-over = overdue by { $span }
period-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
 }
period-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
 }
period-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
 }
period-working-days = { $n ->
    [one] { $n } working day
   *[other] { $n } working days
 }
period-calendar-days = { $n ->
    [one] { $n } calendar day
   *[other] { $n } calendar days
 }
size-bytes = { $n } bytes
size-kilobytes = { $n } KB
size-megabytes = { $n } MB

# A card
card-title = Application No { $n }
card-state-open = In work
card-state-granted = Granted
card-state-refused = Refused
card-applicant = Applicant
card-signed-only = Only what the applicant’s signature covers is shown here.
card-form = Application
card-files = Attached documents
card-no-files = Nothing is attached.
card-steps = Steps of the regulation
card-tasks = Actions of the staff
card-register = Register
card-registered = Registered
card-application = Application id
card-message = messageId
card-channel = Channel
card-created = Written
card-decided = Decided
card-application-download = Download the signed application (XML)
person-iin = IIN
person-surname = Surname
person-given = Given name
person-patronymic = Patronymic
person-submitter = Submitted by (IIN)
file-document = Document
file-name = File
file-kind = Kind
file-kind-unknown = of an unknown kind
file-digest = SHA-256
file-download = download
task-title = Open task
task-unit = Unit
task-role = Role
task-deadline = Deadline
task-take = Take this task
task-check = Check the documents
task-sign = To the result and its signature
task-complete = To the result
task-revise = Change the decision
task-not-yours = This task is for another role, or somebody else has taken it.
task-done = done
delivery-pending = The signed result waits for the gateway.
delivery-done = The gateway has accepted the signed result.
delivery-parked = The gateway has refused the signed result.
element-process = Process { $number }
element-condition = Condition { $number }
element-step = Step { $number }
element-check = Check { $number }
answer-yes = yes
answer-no = no

# Verdict
verdict-heading = Verdict about the signature
verdict-total-passed = The signature is valid
verdict-total-failed = The signature is not valid
verdict-indeterminate = The signature could not be judged
verdict-judged-at = Judged as of
verdict-signer = Signed by
verdict-serial = Certificate
verdict-covered = Signed element
verdict-check = Check
verdict-answer = Answer
verdict-why = Found
verdict-iin-confirmed = The IIN in the certificate is the submitter’s: the application would not have been registered otherwise.
check-structure = Structure of the signature
check-scope = What is signed
check-content = Content unchanged
check-value = Value of the signature
check-timestamp = Time stamp of the signature
check-chain = Chain to a trusted authority
check-validity = Validity period
check-purpose = Certificate for signing
check-revocation = Not revoked
check-iin = Signer is the submitter
answer-pass = yes
answer-fail = no
answer-undecided = undecided
answer-not-asked = not asked

# Checklist
check-title = Check of the documents
check-has-errors = Something is missing or does not hold together. Look at the marked places.
check-documents = Required documents
check-required = required
check-optional = optional
check-not-attached = Not attached.
finding-ok = in order
finding-fault = has faults
finding-absent = is missing
check-decision = Decision
check-decision-legend = The service is to be
decision-grant = granted
decision-refuse = refused
check-ground = Ground of the refusal
check-ground-hint = Needed for a refusal only; the applicant will read it.
check-comment = In your own words
check-comment-hint = Follows the ground in the refusal. May be empty.
check-submit = Go on to the result
check-back = Back to the application
check-error-unanswered = Say what you found.
check-error-not-attached = Nothing is attached: it can only be missing.
check-error-attached = A file is attached: it is in order or has faults.
check-error-required = The service cannot be granted while this document is not in order.
check-error-ground = Choose the ground of the refusal.
check-error-decision = Choose: granted or refused.
check-error-comment-long = These are too many words.
check-error-comment-characters = There are characters here that a document cannot carry.

# Result
result-title = Result
result-preview = Preview of the result
result-preview-lead = The applicant will read this document. It has no force before it is signed.
result-open = Open the result
result-grounds = Grounds
result-officer = Signed by
result-issued = Issued
result-id = Result id
result-xml = The exact document
result-download = Download the signed result (XML)
sign-title = Signature
sign-key = Key file (.p12)
sign-key-hint = Your own signing key.
sign-password = Password of the key file
sign-memory-only = File and password are used for this one signing, in memory only, and are never stored.
sign-submit = Sign
sign-and-send = Sign and send
sign-error-missing = Choose your key file.
sign-error-file = This file is not a key file that can be used.
sign-error-password = The password does not open this key file.
sign-refused-title = The signature is refused
sign-refused = A document that is signed so would not pass the gateway. Choose another key.
sign-refused-iin-mismatch = The certificate is another person’s. Sign with your own key.
sign-refused-certificate-expired = The certificate’s validity period is over.
sign-refused-certificate-not-yet-valid = The certificate’s validity period has not begun.
sign-refused-certificate-revoked = The certificate is revoked.
sign-refused-certificate-suspended = The certificate is suspended.
sign-refused-certificate-purpose = The certificate is not one for signing.
sign-refused-issuer-untrusted = The certificate was not issued by the trusted authority.
sign-refused-authority-revoked = The authority that issued the certificate is revoked or suspended itself.
sign-refused-revocation-unknown = The authority could not say whether the certificate is revoked. Try again later.
complete-title = End this action
complete-sends = The signed result goes to the gateway, and from there to the applicant.
complete-hands-on = The card goes on to the next action.
complete-submit = Done, hand on
complete-send = Send the result

# After a form
flash-taken = The task is yours.
flash-done = The action is done; the next one has begun.
flash-sent = The result is signed and on its way.

# Problems
problem-card-decided = Nothing is left to do here
problem-card-decided-meaning = The card is decided, or this action is already done. Nothing was changed.
problem-card-decided-remedy = Open the card again to see how it stands.
problem-task-taken = Somebody else has taken this task
problem-task-taken-meaning = A task is worked on by one member of the staff. Nothing was changed.
problem-task-taken-remedy = Choose another task, or ask your colleague.
problem-task-of-others = This task is for another role
problem-task-of-others-meaning = The regulation addresses the open action to another role or unit. Nothing was changed.
problem-task-of-others-remedy = Log in as a member of that role.
problem-not-decided = Nothing is decided yet
problem-not-decided-meaning = A result can be made only after the documents were checked.
problem-not-decided-remedy = Check the documents and decide first.
problem-to-be-signed = This action ends with a signature
problem-to-be-signed-meaning = The result must be signed here. Nothing was changed.
problem-to-be-signed-remedy = Open the result and sign it.
problem-not-to-be-signed = Nothing is signed in this action
problem-not-to-be-signed-meaning = The regulation has the result signed in another action. Nothing was changed.
problem-not-to-be-signed-remedy = End the action on the page of the result.
