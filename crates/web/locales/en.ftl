# Around every page
frame-skip = Skip to the content
frame-nav = Pages
frame-folders = My folders
frame-shared = Shared folders
frame-phones = My phones
frame-changes = Not allowed
frame-language = Language
frame-set = Set
frame-log-out = Log out
frame-logged-in-as = Logged in as { $name }
done-saved = Saved.
done-asked = You asked for it. You are told what is decided.
done-applied = Applied. Every device shows it.
done-declined = Declined. Who asked is told.
done-wiped = The device is told to wipe when it comes next.
done-dismissed = Let go. It stays in the list.
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

# Running the server
frame-admin = Administration
admin-nav = Administration
admin-users = Users
admin-groups = Groups
admin-find = Name or e-mail contains
admin-pages = Pages of the list
admin-earlier = Back
admin-later = Next
admin-rows = { $first } to { $last } of { $total }
admin-name = Name
admin-display-name = Full name
admin-email = E-mail
admin-state = State
admin-is-admin = Admin
admin-is-disabled = Disabled
admin-add = Add
admin-add-user = New user
admin-no-password = Without one, the user logs in with app passwords only.
admin-make-admin = Is a system admin: may run the server and change who may do what in every folder
admin-added = since { $at }
admin-login = Logging in
admin-disabled-what = This user cannot log in. What he owns stays, and those he shares with keep their access.
admin-enabled-what = This user can log in. Disabling ends it at once, on all his devices; what he owns stays.
admin-yourself = This is you. Nobody can disable or remove himself here.
admin-enable = Enable
admin-disable = Disable
admin-new-password = New password
admin-app-password = App password for one program
admin-app-label = What it is for
admin-app-password-is = The app password is { $secret }. It is shown only now.
admin-make = Make
admin-no-groups = In no group.
admin-through = through another group
admin-leave = Take out
admin-leave-name = Take out of { $name }
admin-join-group = Add to the group
admin-folders = Folders
admin-remove = Remove for good
admin-remove-user = The user goes with all his folders and everything in them. What he added to folders of others stays.
admin-remove-group = The group goes, and with it what its members may do through it.
admin-type-name = Type “{ $name }” to confirm
admin-add-group = New group
admin-members-count =
    { $count ->
        [0] no members
        [one] one member
       *[other] { $count } members
    }
admin-members = Members
admin-no-members = Nobody yet.
admin-add-member = Add a member
admin-member-name = Name of a user or group
admin-join-circle = { $member } cannot be put into { $group }. A group cannot contain itself, not through other groups either, and at most { $depth } groups lie in one another.
admin-join-unknown = There is no user or group “{ $member }”.
admin-exists = The name or address is taken. Nothing was saved.
admin-gone = That does not exist. Nothing was saved.
admin-invalid = That does not work. Nothing was saved.
admin-no-button = The page does not know this button. Nothing was saved.
audit-title = Audit log
audit-what = Who changed whose rights, users, groups and devices, from what to what, and from where.
audit-user = Done by or about this user, group or space
audit-folder = About this folder
audit-show = Show
audit-unknown = There is no such user, group, space or folder.
audit-nothing = Nothing.
audit-when = When
audit-who = Who
audit-did = What
audit-change = From what to what
audit-before = before:
audit-now = now:
audit-newest = Newest
audit-older = Older
audit-operator = the operator
audit-on-behalf = in the name of { $name }
audit-grant = changed the rights of
audit-add-user = added the user
audit-add-group = added the group
audit-add-space = added the space
audit-remove-user = removed the user
audit-remove-group = removed the group
audit-remove-space = removed the space
audit-join = put into a group:
audit-leave = took out of a group:
audit-disable = disabled
audit-enable = enabled
audit-password = set the password of
audit-app-password = made an app password for
audit-device-standing = decided about a device of
audit-wipe = ordered the wipe of a device of
audit-remove-device = removed a device of
device-title = Devices
device-of-user = Only those of the user
device-no-user = There is no such user.
device-none = No devices.
device-device = Device
device-program = Program
device-version = Protocol version
device-first-seen = First seen
device-last-seen = Last seen
device-trouble = Trouble
device-trouble-at = { $what }, { $at }
device-allowed = Allowed
device-quarantined = Quarantined
device-blocked = Blocked
device-wipe-asked = Wipe ordered
device-wipe-told = Told to wipe
device-wipe-done = Wiped
device-wipe-failed = Wipe failed
device-allow = Allow
device-quarantine = Quarantine
device-block = Block
device-standing-what = An allowed device syncs. One in quarantine gets nothing until you allow it; a blocked one is turned away. Allowing a device also takes back an order to wipe it.
device-folders = What it syncs
device-no-folders = No folders yet.
device-folder = Folder
device-items = Items on it
device-behind = Changes to come
device-wipe = Wipe
device-wipe-what = The device is told to delete, at its next contact, either what it holds of this account or everything on it, photographs and all. Once it has done so, nothing brings that back.
device-wipe-account = Wipe the account
device-wipe-whole = Wipe the whole device
device-remove = Forget the device
device-remove-what = If it comes again, it starts over and gets everything anew.
space-title = Spaces
space-what = Accounts nobody logs in as, for folders that belong to nobody alone.
space-one = Space
space-add = New space
space-no-folders = No folders yet.
space-add-folder = New folder
space-path = Name, or path such as Teams/Juniors
space-kind = What it holds
space-remove = The space goes with all its folders and everything in them.
audit-folder-made = made the folder
audit-folder-renamed = renamed the folder
audit-folder-removed = removed the folder
notice-title = Notice
notice-what = This is what somebody is told whose change was not allowed, with the templates in use. The change is made up.
notice-problem = Your own template cannot be filled. Until it can, notices go out with the one built in.
notice-html = The HTML beside it

# The Share page
share-title = Share { $folder }
share-owner = { $owner } owns this folder and can always do everything here.
share-you-may = You may { $rights }.
share-ask = Who may do what here is decided by the owner and by:
share-add-title = Add people
share-search-users = Search for users
share-search-groups = Search for groups
share-search-hint = Name or e-mail
share-search = Search
share-add-users = Add users
share-add-groups = Add groups
share-nothing-found = Nobody found.
share-is-there = in the list
share-found-more =
    { $count ->
        [one] One more: type more of the name.
       *[other] { $count } more: type more of the name.
    }
share-everyone = Everyone
share-kind-everyone = all who can log in
share-kind-user = User
share-kind-group = Group
share-list-title = Set rights for selected users and groups
share-nobody = Nobody but the owner has any right here. Search above for those you want to share with.
share-new = new
share-has-ended = has ended
share-folder = Folder
share-read = Read
share-write = Write
share-delete = Delete
level-folder-none = No access
level-folder-visible = Read folder
level-folder-create = Create objects
level-folder-subfolders = Create subfolders
level-folder-admin = Admin
level-none = None
level-own = Own
level-all = All
level-admin = Admin
share-may = May { $rights }.
share-wasted-folder = The level for the folder has no effect.
share-wasted-read = Read has no effect: without “Read folder” the folder is not seen.
share-wasted-write = Write reaches no further than Read: what is not read cannot be changed.
share-wasted-delete = Delete reaches no further than Read: what is not read cannot be deleted.
share-presets = Presets
share-viewer = Viewer
share-contributor = Contributor
share-author = Author
share-editor = Editor
share-admin = Admin
share-further = End date, private items
share-until = Last day
share-busy = Busy times
share-busy-none = None
share-busy-time = Times only
share-busy-details = Times and details
share-private = Sees others’ private items
share-remove = Remove
share-remove-name = Remove { $name }
share-removed = Will be removed when you save.
share-put-back = Put back
share-put-back-name = Put { $name } back
share-preview-title = What changes
share-preview = Show what changes
share-unchanged = Nothing has been changed yet.
share-no-effect = This changes nothing for anybody: others of their rights say the same, or it has no effect.
share-gains = May now { $rights }.
share-losses = May no longer { $rights }.
share-more =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }
share-told = Each of them is told by a message.
share-skipped = These folders stay as they are, since you do not administer them:
share-give-up = I give up my own right to administer this folder
share-depth = Apply to all subfolders too
share-save = Save
share-discard = Discard
share-look-first = Nothing has been saved yet. Below is what changes; save again if that is what you want.
share-conflict = Somebody else has changed this list meanwhile. Nothing of yours has been saved yet: it is below, on top of the list as it is now.
share-missed-title = What others changed
share-missed = { $by } changed { $name }: before { $old }, now { $new }.
share-no-grant = nothing
share-not-admin = Only those who administer the folder may change who may do what in it.
share-beyond-folder = { $name }: you cannot give a higher level for the folder than your own.
share-beyond-read = { $name }: you cannot let others read more than you may.
share-beyond-write = { $name }: you cannot let others change more than you may.
share-beyond-delete = { $name }: you cannot let others delete more than you may.
share-beyond-private = { $name }: you do not see others’ private items yourself.
share-beyond-busy = { $name }: you cannot give more of the busy times than you know.
share-raises = Together with other rights, { $name } could then do more than you: { $rights }.
share-lock-out = Nobody would be left who administers the folder.
share-own-admin = You would not administer this folder any more. Tick the box below if you want that.
share-unknown = { $name } does not exist any more.
share-twice = { $name } stands in the list twice.
share-ended = { $name }: the last day is over already.
share-too-many = A list has at most { $count } entries. Put users into a group.

# Shared with me, shared by me
shared-with = Shared with me
shared-with-none = Nobody shares a folder with you.
shared-by = Shared by me
shared-by-none = You share no folder.
shared-of = of { $owner }
shared-through = given to { $names }
shared-until = until { $time }
shared-on-phone = On your phone: { $phone }

# A folder as somebody else sees it
view-title = As { $name } sees it
view-back = Share { $folder }
view-may = { $name } may { $rights }.
view-disabled = This user cannot log in at present.
view-why = Why?
view-owner = The folder is his own: he may do everything, whatever the list says.
view-no-grant = No grant in the list reaches this user.
view-through = By way of { $groups }
view-gives = Decides: { $levels }
view-items = Items
view-empty = There are no items.
view-item = Item
view-item-owner = Made by
view-class = For this user
view-item-may = What he does with it
view-nobody = nobody
view-class-mine = his own
view-class-mine-private = his own, private
view-class-others = somebody else’s
view-class-others-private = somebody else’s, private
view-reads = reads
view-changes = changes
view-deletes = deletes
view-unseen = does not see it
view-not-yours = You may not read this item.
view-next = More items
share-view-title = View as
share-view-what = See the folder with the eyes of another user, and why he may do what he may.
share-view-user = Name of the user
share-view = View

# My phones
phones-title = My phones
phones-what = What each of your devices gets. A choice reaches a device that waits within two seconds.
phones-none = No device of yours has come yet.
phones-version = ActiveSync { $version }
phones-last = last seen { $at }
phones-first = first seen { $at }
phones-wipe-asked = To be wiped
phones-wipe-told = Told to wipe
phones-wipe-done = Wiped
phones-wipe-failed = Wiping failed
phones-quarantined = Waits for an admin
phones-blocked = Blocked
phones-trouble = had trouble on { $at }
phones-behind = has changes to fetch
phones-current = up to date
phones-shared = Shared folders
phones-shown = On this device
phones-notices = Notices
phones-notices-what = A notice is the message about a change that was not allowed.
phones-configured = for everybody
phones-set = set by an admin
phones-account = all folders of { $owner }, set by an admin
phones-closed = you have no access any more
phones-save = Save
phones-folders =
    { $count ->
        [one] One folder
       *[other] { $count } folders
    }
phones-folders-title = The folders of this device
phones-folder = Folder
phones-holds = Holds
phones-state = State
phones-remove = Remove
phones-remove-what = The server forgets the device and what it holds. Nothing is erased on it: if it still has your password, it starts over when it comes next. Remove the account on the device first.
phones-remove-now = Remove this device
phones-wipe = Wipe
wipe-title = Wipe { $phone }
wipe-what = For a device that is lost or given away. The order is carried out when the device comes next; until then the device gets nothing else. What is erased on it cannot be brought back. What the device has not sent yet is lost. What is on the server stays.
wipe-choose = What is erased
wipe-account = Only this account: its mail, appointments, contacts, tasks and notes
wipe-whole = The whole device: everything on it, private photos and other accounts too
wipe-sure = I know that this cannot be undone on the device.
wipe-unsure = Nothing was ordered: confirm first that you mean it.
wipe-now = Wipe the device
wipe-cancel = Cancel

# Changes that were not allowed
changes-title = Changes that were not allowed
changes-what = Nothing that you type is lost: what could not be saved is kept here, and you can ask for it.
changes-requests = Others ask you for
changes-own = Your own
changes-none = Every change you made was saved.
changes-older = Older ones
changes-first = Back to the latest
changes-nameless = an item
changes-create = New: { $what }
changes-change = Change of { $what }
changes-delete = Delete { $what }
changes-move = Move { $what }
changes-place = { $folder } (of { $account })
changes-to = to { $place }
changes-times = tried { $count } times, last on { $last }
changes-reason-access = Not allowed.
changes-reason-conflict = Somebody else was faster.
changes-reason-gone = The item is gone.
changes-reason-stale = Your device had an old state.
changes-reason-unreadable = What your device sent could not be read.
changes-told = { $name } was told:
changes-silent = Your device did this by itself.
changes-state-open = Not saved
changes-state-asked = Asked for
changes-state-applied = Applied
changes-state-declined = Declined
changes-state-dismissed = Let go
changes-state-clash = Changed since
changes-difference = The difference, property by property
changes-property = Property
changes-stands = On the server
changes-you-tried = What you wanted
changes-who-tried = What { $name } wants
changes-differs = differs
changes-not-set = not set
changes-more-lines =
    { $count ->
        [one] And one more property.
       *[other] And { $count } more properties.
    }
changes-you-asked = You asked for it on { $at }.
changes-who-asks = { $name } asks for it, { $at }.
changes-answered = { $name } answered on { $at }.
changes-operator = The server's operator
changes-ask = Ask for it
changes-ask-line = A line for those who look after the folder
changes-send = Send the request
changes-approve = Approve
changes-apply = Apply it now
changes-apply-over = Apply it over what stands now
changes-decline = Decline
changes-decline-line = A line for who asked
changes-decline-send = Decline now
changes-file = Save as a file
changes-dismiss = Let go of it
changes-hindered = You could not make this change yourself.
changes-clash = The item has changed since. Nothing was written: look at both versions first.
changes-not-done = Nothing was changed: { $why }.
changes-decided-already = It was decided already. Nothing was changed.
