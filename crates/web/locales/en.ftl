# Around every page
frame-skip = Skip to the content
frame-nav = Pages
frame-folders = My folders
frame-language = Language
frame-set = Set
frame-log-out = Log out
frame-logged-in-as = Logged in as { $name }
done-saved = Saved.
done-logged-out = You are logged out.

# Logging in
login-title = Log in
login-what = Use the name or e-mail address and the password of your account.
login-name = Name or e-mail address
login-password = Password
login-log-in = Log in
login-wrong = Name or password is wrong.
login-wait =
    { $seconds ->
        [one] Too many attempts. Try again in one second.
       *[other] Too many attempts. Try again in { $seconds } seconds.
    }

# When a page cannot be shown
error-home = To my folders
error-session-title = Your session has ended
error-session = Nothing was saved. Log in in another tab, come back here with your browser's back button, reload and do it again.
error-token = Nothing was saved: the form belongs to an earlier session. Go back, reload the page and do it again.
error-not-found-title = Not found
error-not-found = There is nothing here, or it is not shared with you.
error-form-title = That does not work
error-form = Nothing was saved.
error-refused-title = Not allowed
error-refused = You may not do that. Nothing was saved.
error-server-title = Not now
error-server = The server could not do that. Nothing was saved; it may work in a moment.

# My folders
home-title = My folders
home-what = Share a folder with others, and see who may do what in it.
home-items =
    { $count ->
        [0] empty
        [one] one item
       *[other] { $count } items
    }
home-share = Share
home-share-folder = Share { $folder }

# Kinds of folders
kind-mail = Mail
kind-calendar = Calendar
kind-contacts = Contacts
kind-tasks = Tasks
kind-notes = Notes
kind-files = Files
