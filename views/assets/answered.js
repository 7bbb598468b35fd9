// If a page is the response to a form, reloading it or going back to it is then a GET request, and the browser does not
// ask whether to send the form again. Without this file it asks.
history.replaceState(null, '', location.href);
