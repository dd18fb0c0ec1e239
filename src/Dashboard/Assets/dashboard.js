const longestPause = 10000;
const isLive = () => document.querySelector("[data-live=yes]") !== null;

// The live page replaces the fields of the static one: what is typed before that is put into the new ones.
const typed = new Map();
document.addEventListener("input", event => {
    if (!isLive()) {
        const field = event.target;
        typed.set(field, [...document.getElementsByName(field.name)].indexOf(field));
    }
}, true);
new MutationObserver(() => {
    for (const [field, index] of typed) {
        const successor = document.getElementsByName(field.name)[index];
        if (!field.isConnected && successor) {
            typed.delete(field);
            successor.value = field.value;
            successor.dispatchEvent(new Event("input", { bubbles: true }));
        }
    }
}).observe(document.body, { childList: true, subtree: true });

// The router would scroll to the content and leave the focus where it is.
document.addEventListener("click", event => {
    if (event.target.closest(".skip")) {
        event.preventDefault();
        event.stopPropagation();
        document.getElementById("content").focus();
    }
}, true);

// A page whose connection is lost connects again for as long as it is open. Where its process is another one by then, it loads again.
document.addEventListener("components-reconnect-state-changed", event => {
    if (event.detail.state === "rejected") {
        location.reload();
    }
}, true);
document.addEventListener("DOMContentLoaded", () => Blazor.start({
    circuit: {
        reconnectionOptions: {
            maxRetries: Number.MAX_SAFE_INTEGER,
            retryIntervalMilliseconds: tries => Math.min(500 * 2 ** Math.min(tries, 10), longestPause),
        },
    },
}));
