// Preloaded by `npm start`. npm runs a script through a shell, and a SIGTERM sent to npm ends npm and the shell but does
// not reach Node: the server, and its database, would live on with nobody to stop them. (Ctrl-C reaches all three.)
const parent = process.ppid;

if (process.env.npm_lifecycle_event) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    // Once: a second signal means "at once" to whoever is already ending gracefully.
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
