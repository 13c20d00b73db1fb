# Texts of the layout and of error pages.

layout-test-banner = A simulator for tests. No document from here has any legal force.
layout-skip = Go to the content
layout-languages = Language
layout-navigation = Navigation
layout-sign-out = Log out
layout-footer = Qaqpa, an open simulator of Kazakhstan’s e-government gateway. It is not a site of any authority; people and documents in it are invented.
layout-clock = Simulated time:

field-choose = — choose —
step-ahead = still to come

request-status-draft = Draft
request-status-received = Received
request-status-in-work = In work
request-status-completed = Completed
request-status-refused = Refused

error-title = Error
error-label = Label
error-details = Details
error-remedy = What to do:
error-home = To the start page

problem-not-found = There is no such page
problem-not-found-meaning = Nothing lies at this address, or it is not yours to see.
problem-not-found-remedy = Check the address, or begin at the start page.
problem-method-not-allowed = The page cannot be used this way
problem-method-not-allowed-meaning = The address exists, but not for this kind of request.
problem-method-not-allowed-remedy = Go back and open the page through a link or a button.
problem-request-malformed = The request cannot be read
problem-request-malformed-meaning = The browser or program sent something that this page does not understand.
problem-request-malformed-remedy = Go back, load the page again and repeat.
problem-form-malformed = The form cannot be read
problem-form-malformed-meaning = A field is missing, or the form was not sent as this page sends it.
problem-form-malformed-remedy = Go back, load the page again and fill the form in once more.
problem-form-expired = The form is out of date
problem-form-expired-meaning = Its token is missing or not of this visit: you may have logged in or out since it was opened. Nothing was done.
problem-form-expired-remedy = Go back, load the page again and send the form once more. Cookies must be allowed.
problem-foreign-origin = The form came from another site
problem-foreign-origin-meaning = Forms are taken only from this site’s own pages. Nothing was done.
problem-foreign-origin-remedy = Open the page here and send the form from it.
problem-sign-in-needed = You are not logged in
problem-sign-in-needed-meaning = The visit is over, or you have not logged in. Nothing was done.
problem-sign-in-needed-remedy = Log in and repeat.
problem-role-missing = This page is for others
problem-role-missing-meaning = Your account does not have the role that this page asks for.
problem-role-missing-remedy = Log in with an account that has it.
problem-own-fault = A fault of the simulator
problem-own-fault-meaning = The page failed, and it is not your doing. Nothing was accepted.
problem-own-fault-remedy = Try again. If it fails again, look at the log: it names the cause.
problem-body-too-large = Too much at once
problem-body-too-large-meaning = The form with its files is larger than the limit.
problem-body-too-large-remedy = Attach fewer or smaller files.
problem-request-timeout = The request took too long
problem-request-timeout-meaning = The request did not arrive completely in time.
problem-request-timeout-remedy = Check the connection and send it again.
problem-request-cut = The request broke off
problem-request-cut-meaning = Only a part of the request arrived. Nothing was accepted.
problem-request-cut-remedy = Send it again.
problem-busy = Too much to do
problem-busy-meaning = Too many requests are being handled at the moment. This one was not accepted.
problem-busy-remedy = Wait a moment and try again.
problem-too-many-attempts = Too many attempts
problem-too-many-attempts-meaning = The password was wrong too often.
problem-too-many-attempts-remedy = Wait a little, then try again.
