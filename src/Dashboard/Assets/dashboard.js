// A page whose connection is lost connects again for as long as it is open. Where its process is another one by then, it loads again.
const longestPause = 10000;
document.addEventListener("components-reconnect-state-changed", event => {
    if (event.detail.state === "rejected") {
        location.reload();
    }
}, true);
// The router would scroll to the content and leave the focus where it is.
document.addEventListener("click", event => {
    if (event.target.closest(".skip")) {
        event.preventDefault();
        event.stopPropagation();
        document.getElementById("content").focus();
    }
}, true);
Blazor.start({
    circuit: {
        reconnectionOptions: {
            maxRetries: Number.MAX_SAFE_INTEGER,
            retryIntervalMilliseconds: tries => Math.min(500 * 2 ** Math.min(tries, 10), longestPause),
        },
    },
});
