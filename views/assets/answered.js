// A page that answers a form is loaded again, and gone back to, by GET: the browser does not ask to send the form
// again. Without this file it asks.
history.replaceState(null, '', location.href);
